import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer; the test runner's limit ends a wait in vain. */
export async function until<T>(ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  while (true) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await delay(5);
  }
}
