import { cx } from './cx.ts';
import { formatPrice } from './format-price.ts';
import { splitBigFigure } from './split-big-figure.ts';

export interface PriceProps {
  readonly value: number | string;
  readonly locale: string;
  /** Digits after the point of a tick. */
  readonly decimals: number;
  /** More digits, for a mid that falls between ticks. */
  readonly fineDigits?: number;
  /** `plain` for a column of figures, `big` where the digits that move stand out. */
  readonly size?: 'plain' | 'big' | 'huge';
  /** The price is not to be trusted: no digit stands out. */
  readonly dimmed?: boolean;
}

const SIZES = {
  plain: { still: '', moving: '', fine: '' },
  big: { still: 'text-sm', moving: 'text-lg/5 font-semibold', fine: 'text-xs' },
  huge: { still: 'text-lg', moving: 'text-2xl font-semibold', fine: 'text-base' },
};

/** A price in tabular figures. */
export function Price({ value, locale, decimals, fineDigits = 0, size = 'plain', dimmed = false }: PriceProps) {
  const text = formatPrice(value, locale, decimals + fineDigits);
  if (size === 'plain') return <span className="tabular-nums">{text}</span>;
  const figure = splitBigFigure(text, Number(value), decimals, fineDigits);
  const classes = SIZES[size];
  const still = dimmed ? 'text-faint' : 'text-muted';
  return (
    <span className="whitespace-nowrap tabular-nums">
      <span className={cx(classes.still, still)}>{figure.still}</span>
      <span className={cx(classes.moving, dimmed && 'text-faint')}>{figure.moving}</span>
      {figure.fine !== '' && <span className={cx(classes.fine, still)}>{figure.fine}</span>}
    </span>
  );
}
