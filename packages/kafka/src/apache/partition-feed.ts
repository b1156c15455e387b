import type { KafkaRecord } from '../port.ts';
import { Wake } from '../wake.ts';

/** A feed that holds this many bytes is not filled further until it is below. */
const bufferedBytesMax = 1_048_576;

/** The records of one partition from an offset on, fetched ahead of their reader within bounds. */
export class PartitionFeed {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** The next offset to fetch. */
  position: number;
  /** A request that asks for it is under way. */
  fetching = false;
  /** Not before this time, ms of the monotonic clock. */
  notBeforeMs = 0;
  /** Since when the brokers owe an answer, ms of the monotonic clock. */
  owedSinceMs = performance.now();
  readonly #wake = new Wake();
  readonly #onTake: () => void;
  readonly #onClose: () => void;
  #records: KafkaRecord[] = [];
  #taken = 0;
  #bytes = 0;
  #failure: unknown;
  #ended = false;

  constructor(
    place: { readonly topic: string; readonly topicId: string; readonly partition: number; readonly position: number },
    onTake: () => void,
    onClose: () => void,
  ) {
    this.topic = place.topic;
    this.topicId = place.topicId;
    this.partition = place.partition;
    this.position = place.position;
    this.#onTake = onTake;
    this.#onClose = onClose;
  }

  get hungry(): boolean {
    return !this.#ended && !this.fetching && this.#bytes < bufferedBytesMax;
  }

  /** Takes at most `max` records, at once: none when there are none yet. Throws what the feed failed with. */
  take(max: number): readonly KafkaRecord[] {
    const records = this.#records.slice(this.#taken, this.#taken + max);
    if (records.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      return records;
    }
    this.#taken += records.length;
    if (this.#taken === this.#records.length) {
      this.#records = [];
      this.#taken = 0;
      this.#bytes = 0;
      this.#onTake();
    }
    return records;
  }

  /** Whether `take` has something to give or to throw. */
  get waiting(): boolean {
    return this.#taken < this.#records.length || this.#failure !== undefined;
  }

  /** Resolves when there may be something to take, or `wake` was called. */
  wait(): Promise<void> {
    return this.#wake.wait();
  }

  readonly wake = (): void => this.#wake.wake();

  /** What a request brought. */
  fill(records: readonly KafkaRecord[], bytes: number, position: number): void {
    this.position = position;
    if (this.#ended || records.length === 0) return;
    this.#records = this.#records.length === 0 ? [...records] : [...this.#records.slice(this.#taken), ...records];
    this.#taken = 0;
    this.#bytes += bytes;
    this.wake();
  }

  /** Ends the feed; its reader gets what it holds and then this error. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = error;
    this.close();
    this.wake();
  }

  close(): void {
    this.#ended = true;
    this.#onClose();
  }
}
