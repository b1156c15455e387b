import type { Logger } from './logger.ts';

const WAIT_MS = 500;

/**
 * Asks a dependency again until it answers: a service may be started before what it stands on. Logs the first failure
 * and the answer that follows.
 *
 * @param isAway whether an error means "away"; any other is thrown.
 */
export async function untilAvailable<T>(
  what: string,
  logger: Logger,
  ask: () => Promise<T>,
  isAway: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await ask();
      if (attempt > 1) logger.info({ attempt }, `${what} answers`);
      return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === 1) logger.warn({ err: error }, `${what} is away: waiting for it`);
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}
