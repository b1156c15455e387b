const firstMs = 50;
const longestMs = 5_000;

/** How long to wait before try number `attempt` (from 1) is repeated, ms: full jitter, 50 ms doubling to 5 s. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
}

/** Waits; ends early, without an error, when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
