/** Milliseconds of the monotonic clock, with a fraction. For ages and waits; it never jumps and has no date. */
export function monotonicMs(): number {
  return performance.now();
}
