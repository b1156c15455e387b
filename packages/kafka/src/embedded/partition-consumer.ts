import { sleep } from '../backoff.ts';
import { batchSizeDefault, handleBatch } from '../handle-batch.ts';
import type { ConsumeOptions } from '../port.ts';
import { Wake } from '../wake.ts';
import type { Availability } from './availability.ts';
import type { EventLoopTurn } from './event-loop-turn.ts';
import type { PartitionLog } from './partition-log.ts';

/** A group's place in one partition. */
export interface StoredOffset {
  readonly log: PartitionLog;
  /** The next offset to handle; undefined until the group has begun here. */
  stored: number | undefined;
}

/** Hands one partition to one member, batch after batch, until it is told to stop. */
export class PartitionConsumer {
  readonly #place: StoredOffset;
  readonly #options: ConsumeOptions;
  readonly #broker: Availability;
  readonly #turn: EventLoopTurn;
  readonly #wake = new Wake();
  readonly #stopping = new AbortController();
  /** Resolves when the batch in hand is done and its offset stored. */
  readonly finished: Promise<void>;

  constructor(place: StoredOffset, options: ConsumeOptions, broker: Availability, turn: EventLoopTurn) {
    this.#place = place;
    this.#options = options;
    this.#broker = broker;
    this.#turn = turn;
    place.stored ??= options.from === 'earliest' ? place.log.firstOffset : place.log.endOffset;
    this.finished = this.#run(place.stored);
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.wake();
    return this.finished;
  }

  async #run(from: number): Promise<void> {
    const { log } = this.#place;
    const forgetAppends = log.onAppend(this.#wake.wake);
    const forgetChanges = this.#broker.onChange(this.#wake.wake);
    const { signal } = this.#stopping;
    let position = from;
    let nextBatchMs = 0;
    // Whoever makes the consumer gets it before the first batch.
    await Promise.resolve();
    while (await this.#until(() => position < log.endOffset)) {
      const earlyMs = nextBatchMs - performance.now();
      if (earlyMs > 0) {
        await sleep(earlyMs, signal);
        continue;
      }
      nextBatchMs = performance.now() + (this.#options.batchIntervalMs ?? 0);
      const records = log.read(position, this.#options.batchSizeMax ?? batchSizeDefault);
      if (!(await handleBatch(this.#options, records, signal))) break;
      position = (records.at(-1)?.offset ?? position) + 1;
      // An offset that cannot be stored is lost with its batch: the records come again.
      if (this.#broker.available || (await this.#until(() => true))) this.#place.stored = position;
      const turn = this.#turn.due();
      if (turn !== undefined) await turn;
    }
    forgetAppends();
    forgetChanges();
  }

  /** Waits for the condition and for the broker; false when told to stop first. */
  async #until(condition: () => boolean): Promise<boolean> {
    while (!this.#stopping.signal.aborted) {
      if (this.#broker.available && condition()) return true;
      await this.#wake.wait();
    }
    return false;
  }
}
