import type { CandleInterval } from '@repo/trading-core';

/** How the chart writes times: the reader's own zone within a day, UTC for candles of days and weeks, which open there. */
export interface ChartTime {
  /** Under the crosshair, and in the summary. */
  readonly full: (ms: number) => string;
  /** On the axis, by what has changed since the mark before. */
  readonly mark: (ms: number, change: 'year' | 'month' | 'day' | 'minute' | 'second') => string;
}

const LONG: readonly CandleInterval[] = ['1d', '1w'];

export function chartTime(locale: string, interval: CandleInterval): ChartTime {
  const long = LONG.includes(interval);
  const zone = long ? { timeZone: 'UTC' } : {};
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { ...options, ...zone, hourCycle: 'h23' });
    return (ms: number) => formatter.format(ms);
  };
  const marks = {
    year: format({ year: 'numeric' }),
    month: format({ month: 'short' }),
    day: format({ day: 'numeric', month: 'short' }),
    minute: format({ hour: '2-digit', minute: '2-digit' }),
    second: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
  return {
    full: format({
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      ...(long ? {} : { hour: '2-digit', minute: '2-digit' }),
      ...(interval === '1s' ? { second: '2-digit' } : {}),
    }),
    mark: (ms, change) => marks[change](ms),
  };
}
