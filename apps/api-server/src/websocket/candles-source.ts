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
  #changed: Candle[] = [];
  #newest: Candle | undefined;

  constructor(candles: CandleBoard, asset: string, interval: CandleInterval) {
    this.#candles = candles;
    this.#asset = asset;
    this.#interval = interval;
    this.#newest = candles.current(asset, interval);
  }

  /** Takes a change of the asset's candles in. @returns whether it is one of this interval's. */
  note(): boolean {
    const candle = this.#candles.current(this.#asset, this.#interval);
    // A quote that was held up may undo a flat second that was told already: clients only ever go forward.
    if (candle === undefined || (this.#newest !== undefined && !isNewer(candle, this.#newest))) return false;
    if (this.#changed.at(-1)?.openTime === candle.openTime) this.#changed.pop();
    this.#changed.push(candle);
    this.#newest = candle;
    return true;
  }

  state(): readonly unknown[] {
    return this.#newest === undefined ? [] : [this.#newest];
  }

  takeChanges(): readonly unknown[] | undefined {
    if (this.#changed.length === 0) return undefined;
    const changes = this.#changed;
    this.#changed = [];
    return changes;
  }
}

function isNewer(candle: Candle, known: Candle): boolean {
  if (candle.openTime !== known.openTime) return candle.openTime > known.openTime;
  return (
    candle.ticks !== known.ticks || candle.open !== known.open || candle.high !== known.high || candle.low !== known.low
  );
}
