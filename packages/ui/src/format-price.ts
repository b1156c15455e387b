const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, decimals: number, signed: boolean): Intl.NumberFormat {
  const key = `${locale} ${decimals} ${signed}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      ...(signed ? { signDisplay: 'exceptZero' as const } : {}),
    });
    formats.set(key, format);
  }
  return format;
}

/**
 * A price with the separators of `locale` and exactly `decimals` digits after the point. Decimal strings are formatted
 * digit by digit, not through a float.
 */
export function formatPrice(value: number | string, locale: string, decimals: number): string {
  return numberFormat(locale, decimals, false).format(value as number);
}

/** A difference with its sign always shown; a minus is a minus sign, not a hyphen. */
export function formatSigned(value: number, locale: string, decimals: number): string {
  return numberFormat(locale, decimals, true).format(value).replace('-', '−');
}
