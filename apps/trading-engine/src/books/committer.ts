import { isDatabaseUnavailable } from '@repo/db';
import type { Pool } from 'pg';
import { type Batch, commitBatches, StaleEngineError } from './commit-batches.ts';

/** Statements under way at once: a second one only beside one so large, or what waits would rather be shared. */
const STATEMENTS_MAX = 2;
const LARGE_ROWS = 500;
/** Events and answers in one statement, beyond which no further batch goes along. */
const STATEMENT_ROWS_MAX = 10_000;

interface Waiting {
  readonly close: () => Batch;
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: unknown) => void;
}

interface Closed extends Waiting {
  readonly batch: Batch;
}

/**
 * Commits the batches of an engine's shards, those that wait together as one statement: its fixed cost is much of what a
 * small batch costs, and is shared by all of them.
 */
export class Committer {
  readonly #pool: Pick<Pool, 'query'>;
  #waiting: Waiting[] = [];
  #underWay = 0;
  #rowsUnderWay = 0;

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool;
  }

  /**
   * @param close makes the batch when its turn has come, so that all that was decided until then goes along.
   * @returns the batch, committed. Rejects with a `StaleEngineError` when the shard has another epoch, or another last
   *   event, than the batch is for, and with what the database says: then it is not known whether it was committed.
   */
  commit(close: () => Batch): Promise<Batch> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ close, resolve, reject });
      this.#run();
    });
  }

  get #hasRoom(): boolean {
    return this.#underWay === 0 || (this.#underWay < STATEMENTS_MAX && this.#rowsUnderWay >= LARGE_ROWS);
  }

  #run(): void {
    while (this.#hasRoom && this.#waiting.length > 0) {
      const closed = this.#take();
      const rows = closed.reduce((sum, { batch }) => sum + rowsOf(batch), 0);
      this.#underWay += 1;
      this.#rowsUnderWay += rows;
      void this.#commit(closed).finally(() => {
        this.#underWay -= 1;
        this.#rowsUnderWay -= rows;
        this.#run();
      });
    }
  }

  #take(): Closed[] {
    const taken: Closed[] = [];
    for (let rows = 0; rows < STATEMENT_ROWS_MAX; ) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      try {
        const batch = next.close();
        rows += rowsOf(batch);
        taken.push({ ...next, batch });
      } catch (error) {
        next.reject(error);
      }
    }
    return taken;
  }

  async #commit(closed: readonly Closed[]): Promise<void> {
    if (closed.length === 0) return;
    try {
      const committed = await commitBatches(
        this.#pool,
        closed.map(({ batch }) => batch),
      );
      for (const { batch, resolve, reject } of closed) {
        if (committed.has(batch.shard)) resolve(batch);
        else reject(staleEngine(batch));
      }
    } catch (error) {
      // What the books refuse in one shard must not stop the others: each is tried by itself.
      if (closed.length > 1 && !isDatabaseUnavailable(error)) for (const one of closed) await this.#commit([one]);
      else for (const { reject } of closed) reject(error);
    }
  }
}

function staleEngine({ shard, after, epoch }: Batch): StaleEngineError {
  return new StaleEngineError(`shard ${shard} is not at event ${after.sequence} of epoch ${epoch} any more`);
}

function rowsOf({ events, commands }: Batch): number {
  return events.length + commands.length;
}
