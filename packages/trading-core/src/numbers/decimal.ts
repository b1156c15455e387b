/**
 * Decimal strings are the wire form of prices, quantities and money. One grammar, no surprises: an optional minus,
 * digits, an optional point with digits. No exponent, no hex, no spaces, no separators, no `-0`, no leading zeros.
 */
const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const NEGATIVE_ZERO = /^-0(?:\.0+)?$/;

/** Whether `text` is a decimal string in the one accepted grammar. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text) && !NEGATIVE_ZERO.test(text);
}

/**
 * Reads a decimal string as an integer count of 10^-`decimals`, exactly.
 *
 * @returns `undefined` when the text is not a decimal, has more digits than `decimals` after the point (trailing
 *   zeros aside), or leaves the safe integers.
 */
export function parseDecimal(text: string, decimals: number): number | undefined {
  if (!isDecimal(text)) return undefined;
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1).replace(/0+$/, '');
  if (fraction.length > decimals) return undefined;
  const value = Number(whole + fraction.padEnd(decimals, '0'));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Writes an integer count of 10^-`decimals` as a decimal string with exactly `decimals` digits after the point. */
export function formatDecimal(value: number, decimals: number): string {
  const sign = value < 0 ? '-' : '';
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, split)}.${digits.slice(split)}`;
}

/** Digits after the point, trailing zeros aside: `"0.010"` → 2. */
export function countDecimals(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.slice(point + 1).replace(/0+$/, '').length;
}
