import { withoutParameters } from '@repo/db';
import type { Logger } from '@repo/service';
import type { Pool } from 'pg';
import { removeGoneEngines, removeOutdated } from './books/remove-outdated.ts';
import type { Outages } from './outages.ts';

const DAY_MS = 86_400_000;

export interface Housekeeping {
  /** Ends the round under way, and leaves nothing of this engine, whose leases must be over. */
  stop(): Promise<void>;
}

/** Removes what is outdated, at the start and then every `intervalMs`. What fails is tried again the next time. */
export function startHousekeeping(options: {
  readonly pool: Pick<Pool, 'query'>;
  readonly logger: Logger;
  readonly outages: Outages;
  readonly intervalMs: number;
  readonly commandDays: number;
}): Housekeeping {
  const { pool, logger, outages, intervalMs, commandDays } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!outages.notice(error)) logger.warn({ err: withoutParameters(error) }, 'what is outdated was not removed');
    }
  }

  function begin(): void {
    running ??= attempt(() => removeOutdated(pool, commandDays * DAY_MS, stopping.signal)).finally(() => {
      running = undefined;
    });
  }

  begin();
  const timer = setInterval(begin, intervalMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
      await attempt(() => removeGoneEngines(pool));
    },
  };
}
