import type { Candle, CandleInterval } from '@repo/trading-core';
import { formatPrice } from '@repo/ui';
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineStyle,
  type MouseEventParams,
  TickMarkType,
  type UTCTimestamp,
} from 'lightweight-charts';
import { type Hole, holesBetween, withHoles } from './candle-history.ts';
import { onThemeChange, readChartColors } from './chart-colors.ts';
import { chartTime } from './chart-time.ts';

export interface PriceChartOptions {
  readonly container: HTMLElement;
  readonly locale: string;
  readonly interval: CandleInterval;
  /** Digits after the point of a price. */
  readonly decimals: number;
  /** The time, ms since the epoch, of the candle under the crosshair. */
  readonly onCrosshair: (openTime: number | undefined) => void;
  /** The left edge is near: more history is wanted. */
  readonly onLeftEdge: () => void;
}

/** Bars that are still off the left edge when older history is asked for. */
const LEFT_EDGE_BARS = 50;
const PAN_BARS = 10;

const MARK_CHANGES = {
  [TickMarkType.Year]: 'year',
  [TickMarkType.Month]: 'month',
  [TickMarkType.DayOfMonth]: 'day',
  [TickMarkType.Time]: 'minute',
  [TickMarkType.TimeWithSeconds]: 'second',
} as const;

/** The canvas with the candles of one asset and interval. */
export class PriceChart {
  readonly #options: PriceChartOptions;
  readonly #chart: IChartApi;
  readonly #series: ISeriesApi<'Candlestick'>;
  readonly #stopTheme: () => void;

  constructor(options: PriceChartOptions) {
    this.#options = options;
    const { container, locale, interval, decimals } = options;
    const time = chartTime(locale, interval);
    this.#chart = createChart(container, {
      autoSize: true,
      // Its logo brings a style sheet that the page's policy refuses; the link is beside the chart instead.
      layout: { attributionLogo: false, fontSize: 11, fontFamily: getComputedStyle(container).fontFamily },
      localization: {
        locale,
        timeFormatter: (at: UTCTimestamp) => time.full(at * 1000),
        priceFormatter: (price: number) => formatPrice(price, locale, decimals),
      },
      timeScale: {
        rightOffset: 6,
        barSpacing: 8,
        timeVisible: true,
        secondsVisible: interval === '1s',
        borderVisible: false,
        tickMarkFormatter: (at: UTCTimestamp, type: TickMarkType) => time.mark(at * 1000, MARK_CHANGES[type]),
      },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.08 } },
      crosshair: { mode: CrosshairMode.Normal },
    });
    this.#series = this.#chart.addSeries(CandlestickSeries, {
      borderVisible: false,
      priceLineStyle: LineStyle.Dotted,
      priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
    });
    this.#paint();
    this.#stopTheme = onThemeChange(() => this.#paint());
    this.#chart.subscribeCrosshairMove(this.#crosshair);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < LEFT_EDGE_BARS) options.onLeftEdge();
    });
  }

  /** Shows a series, oldest first. */
  setSeries(candles: readonly Candle[]): void {
    this.#series.setData(withHoles(candles, this.#options.interval).map(toPoint));
  }

  /** Shows the last candle anew, or one after it; `before` is the one before a new one. */
  setLast(candle: Candle, before: Candle | undefined): void {
    if (before !== undefined) {
      for (const hole of holesBetween(before, candle, this.#options.interval)) this.#series.update(toPoint(hole));
    }
    this.#series.update(toPoint(candle));
  }

  /** Moves by some bars, to the left when negative. */
  pan(direction: -1 | 1): void {
    const scale = this.#chart.timeScale();
    scale.scrollToPosition(scale.scrollPosition() + direction * PAN_BARS, false);
  }

  zoom(direction: -1 | 1): void {
    const scale = this.#chart.timeScale();
    const { barSpacing } = scale.options();
    scale.applyOptions({ barSpacing: Math.min(40, Math.max(2, barSpacing * (direction > 0 ? 1.25 : 0.8))) });
  }

  close(): void {
    this.#stopTheme();
    this.#chart.remove();
  }

  readonly #crosshair = ({ time }: MouseEventParams): void => {
    this.#options.onCrosshair(typeof time === 'number' ? time * 1000 : undefined);
  };

  #paint(): void {
    const colors = readChartColors();
    const line = { color: colors.crosshair, labelBackgroundColor: colors.label };
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: 'transparent' }, textColor: colors.text },
      grid: { vertLines: { color: colors.line }, horzLines: { color: colors.line } },
      crosshair: { vertLine: line, horzLine: line },
    });
    this.#series.applyOptions({
      upColor: colors.up,
      downColor: colors.down,
      wickUpColor: colors.up,
      wickDownColor: colors.down,
    });
  }
}

function toPoint(place: Candle | Hole) {
  const time = (place.openTime / 1000) as UTCTimestamp;
  if (!('open' in place)) return { time };
  const { open, high, low, close } = place;
  return { time, open, high, low, close };
}
