import type { Candle, CandleInterval } from '@repo/trading-core';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { ChannelSource } from './channel.ts';

/**
 * Content of a channel `candles:ASSET:INTERVAL`: the newest candle. When one has closed since the last update, its
 * final form comes before the one that follows it.
 */
export class CandlesSource implements ChannelSource {
  readonly #candles: CandleBoard;
  readonly #asset: string;
  readonly #interval: CandleInterval;
  #told: Candle | undefined;

  constructor(candles: CandleBoard, asset: string, interval: CandleInterval) {
    this.#candles = candles;
    this.#asset = asset;
    this.#interval = interval;
    this.#told = candles.current(asset, interval);
  }

  state(): readonly unknown[] {
    const newest = this.#candles.current(this.#asset, this.#interval);
    return newest === undefined ? [] : [newest];
  }

  changes(): readonly unknown[] {
    const told = this.#told;
    const newest = this.#candles.current(this.#asset, this.#interval);
    if (newest === undefined) return [];
    this.#told = newest;
    if (told === undefined) return [newest];
    return this.#candles.since(this.#asset, this.#interval, told.openTime).filter((candle) => !isSame(candle, told));
  }
}

function isSame(a: Candle, b: Candle): boolean {
  return (
    a.openTime === b.openTime && a.ticks === b.ticks && a.close === b.close && a.high === b.high && a.low === b.low
  );
}
