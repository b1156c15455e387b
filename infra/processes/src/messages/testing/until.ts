import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Asks again, errors included, until there is an answer. */
export async function until<T>(what: string, ask: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  let last: unknown;
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; ) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    } catch (error) {
      last = error;
    }
    await sleep(20);
  }
  throw new Error(`waited ${PATIENCE_MS} ms for ${what}`, { cause: last });
}
