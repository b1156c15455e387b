/** Waits between attempts, ms. */
export interface RetryTiming {
  readonly retryMsMin: number;
  readonly retryMsMax: number;
}

/**
 * A random wait before attempt `attempt` (from 0): uniform up to a bound that doubles from `retryMsMin` to
 * `retryMsMax`, so that clients who lost a server at once do not come back at once.
 */
export function fullJitter(attempt: number, timing: RetryTiming): number {
  return Math.random() * Math.min(timing.retryMsMax, timing.retryMsMin * 2 ** attempt);
}
