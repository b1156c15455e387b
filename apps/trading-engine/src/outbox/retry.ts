import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 50;
const LONGEST_MS = 2_000;

/** Tries until it works, with full jitter between tries. @returns false when the signal aborted first. */
export async function retry(
  work: () => Promise<unknown>,
  options: { readonly signal: AbortSignal; readonly onFailure: (error: unknown) => void },
): Promise<boolean> {
  const { signal, onFailure } = options;
  for (let waitMs = FIRST_MS; !signal.aborted; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
    try {
      await work();
      return true;
    } catch (error) {
      onFailure(error);
    }
    await sleep(Math.random() * waitMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
