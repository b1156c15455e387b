import { withoutParameters } from '@repo/db';
import type { Logger } from '@repo/service';

/** Something to do now and then; it gives up when the signal aborts. */
export type Chore = (signal: AbortSignal) => Promise<unknown>;

export interface Housekeeping {
  stop(): Promise<void>;
}

/**
 * Does chores one after the other, at the start and then every `intervalMs`. One that fails, the database being away,
 * is logged and its next turn comes.
 */
export function startHousekeeping(options: {
  readonly chores: Readonly<Record<string, Chore>>;
  readonly logger: Logger;
  readonly intervalMs: number;
}): Housekeeping {
  const { chores, logger, intervalMs } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function round(): Promise<void> {
    for (const [chore, work] of Object.entries(chores)) {
      if (stopping.signal.aborted) return;
      try {
        await work(stopping.signal);
      } catch (error) {
        logger.warn({ err: withoutParameters(error), chore }, 'housekeeping failed and is tried again later');
      }
    }
  }

  /** A round that is still under way when its successor is due takes its turn as well. */
  function begin(): void {
    running ??= round().finally(() => {
      running = undefined;
    });
  }

  begin();
  const timer = setInterval(begin, intervalMs);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
