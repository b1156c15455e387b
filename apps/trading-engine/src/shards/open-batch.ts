import type { Event, Shard } from '@repo/trading-core';
import type { Batch } from '../books/commit-batches.ts';
import type { AnsweredCommand, CausedEvent } from '../books/commit-statement.ts';

/** What has been decided since the last batch was closed. */
export class OpenBatch {
  readonly #after: Batch['after'];
  readonly #events: CausedEvent[] = [];
  readonly #commands: AnsweredCommand[] = [];
  readonly #owners = new Map<string, string>();
  #isOffsetMoved = false;

  constructor(shard: Shard) {
    this.#after = { sequence: shard.sequence, swapDay: shard.swapDay };
  }

  /** Nothing that has to be committed: quotes that set nothing off leave no trace. */
  get isEmpty(): boolean {
    return this.#events.length === 0 && this.#commands.length === 0 && !this.#isOffsetMoved;
  }

  get size(): number {
    return this.#events.length + this.#commands.length;
  }

  addEvents(events: readonly Event[], commandId: string | null): void {
    for (const event of events) this.#events.push({ event, commandId });
  }

  addAnswer(command: AnsweredCommand): void {
    this.#commands.push(command);
  }

  addOwner(accountId: string, userId: string): void {
    this.#owners.set(accountId, userId);
  }

  /** A command was read, whatever became of it. */
  moveOffset(): void {
    this.#isOffsetMoved = true;
  }

  close(
    shard: Shard,
    owner: Pick<Batch, 'shard' | 'epoch' | 'commandLog' | 'commandOffset' | 'publishedSequence'>,
  ): Batch {
    const { sequence, nextOrderId, nextPositionId, nextFillId, swapDay, roundingCarry, tradingState } = shard;
    return {
      ...owner,
      after: this.#after,
      state: { sequence, nextOrderId, nextPositionId, nextFillId, swapDay, roundingCarry, tradingState },
      events: this.#events,
      commands: this.#commands,
      owners: this.#owners,
    };
  }
}
