import { memo } from 'react';
import { cx } from './cx.ts';
import { type SparklinePoint, sparklinePath } from './sparkline-path.ts';

export interface SparklineProps {
  readonly points: readonly SparklinePoint[];
  readonly tone: 'up' | 'down' | 'none';
  readonly className?: string;
}

const WIDTH = 80;
const HEIGHT = 28;
const STROKES = { up: 'stroke-up', down: 'stroke-down', none: 'stroke-faint' };

/** The shape of the last minutes. Decoration: the figures beside it say the same. */
export const Sparkline = memo(function Sparkline({ points, tone, className }: SparklineProps) {
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cx('fill-transparent', STROKES[tone], className)}
    >
      <path
        d={sparklinePath(points, WIDTH, HEIGHT)}
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});
