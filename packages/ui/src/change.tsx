import { cx } from './cx.ts';
import { formatSigned } from './format-price.ts';

export interface ChangeProps {
  readonly from: number;
  readonly to: number;
  readonly locale: string;
  readonly decimals: number;
  /** The price is not to be trusted: no colour. */
  readonly dimmed?: boolean;
  readonly className?: string;
}

/** A change of price in price units and percent. Direction is in the arrow and the sign, colour only repeats it. */
export function Change({ from, to, locale, decimals, dimmed = false, className }: ChangeProps) {
  const difference = to - from;
  const direction = directionOf(difference, decimals);
  return (
    <span
      className={cx(
        'inline-flex items-baseline gap-1.5 tabular-nums',
        dimmed ? 'text-faint' : DIRECTIONS[direction].tone,
        className,
      )}
    >
      <span aria-hidden="true" className="text-[9px]">
        {DIRECTIONS[direction].arrow}
      </span>
      <span>{formatSigned(difference, locale, decimals)}</span>
      <span>{formatSigned((difference / from) * 100, locale, 2)}%</span>
    </span>
  );
}

const DIRECTIONS = {
  up: { arrow: '▲', tone: 'text-up' },
  down: { arrow: '▼', tone: 'text-down' },
  none: { arrow: '■', tone: 'text-faint' },
} as const;

/** Where a difference points, once rounded to the digits that are shown. */
export function directionOf(difference: number, decimals: number): 'up' | 'down' | 'none' {
  const rounded = Math.round(difference * 10 ** decimals);
  if (rounded === 0) return 'none';
  return rounded > 0 ? 'up' : 'down';
}
