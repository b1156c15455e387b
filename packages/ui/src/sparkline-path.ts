export interface SparklinePoint {
  /** ms, on any clock. */
  readonly at: number;
  readonly value: number;
}

/**
 * An SVG path of `points` in a box, time to the right and value up, with a margin of 1 for the stroke. A flat line
 * runs through the middle.
 */
export function sparklinePath(points: readonly SparklinePoint[], width: number, height: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.at === first.at) return '';
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const x = (at: number) => 1 + ((at - first.at) / (last.at - first.at)) * (width - 2);
  const y = (value: number) => (high === low ? height / 2 : 1 + ((high - value) / (high - low)) * (height - 2));
  return points
    .map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}
