export interface BigFigure {
  /** The digits that hardly move. */
  readonly still: string;
  /** The digits that move: shown bigger. */
  readonly moving: string;
  /** Digits finer than a tick (a mid can fall between two ticks): shown smaller. */
  readonly fine: string;
}

// A price moves by a few tenths of a percent while one looks: the digits worth less than a thousandth of it.
const MOVING_PART = 1000;

/**
 * Splits a formatted price into the part that stands and the part that moves, so that the eye finds the change.
 *
 * @param text the price as formatted; `value` is the same as a number.
 * @param decimals digits after the point of a tick; further digits of `text` are `fine`.
 * @param fineDigits digits of `text` past the tick.
 */
export function splitBigFigure(text: string, value: number, decimals: number, fineDigits: number): BigFigure {
  const fineStart = text.length - fineDigits;
  const movingDigits = Math.max(1, decimals + Math.floor(Math.log10(value / MOVING_PART)) + 1);
  let start = fineStart;
  let digits = 0;
  while (start > 0 && digits < movingDigits) {
    start -= 1;
    if (/\p{Nd}/u.test(text.charAt(start))) digits += 1;
  }
  return { still: text.slice(0, start), moving: text.slice(start, fineStart), fine: text.slice(fineStart) };
}
