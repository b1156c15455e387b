/**
 * A random wait, ms, from zero to the ceiling of this attempt (0, 1, …): `baseMs` doubling to `maxMs`. Full jitter, so
 * that many who lost the same server do not return together.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitterMs(attempt: number, baseMs: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
}
