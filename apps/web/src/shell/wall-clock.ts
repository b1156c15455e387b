/**
 * Milliseconds since the epoch by the monotonic clock: counts evenly while the page lives, also when somebody sets the
 * computer's clock, and means the same after a reload.
 */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}
