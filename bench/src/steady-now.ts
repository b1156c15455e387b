/** Milliseconds since the epoch with a fraction, that never jump: the same scale as the timestamps in messages. */
export function steadyNowMs(): number {
  return performance.timeOrigin + performance.now();
}
