import type { Candle } from '@repo/trading-core';
import type { CandlesFrame } from '../channel-feed.ts';

/** The newest candle. */
export class CandlesSoFar {
  readonly #channel: CandlesFrame['channel'];
  #candle: Candle | undefined;

  constructor(channel: CandlesFrame['channel']) {
    this.#channel = channel;
  }

  take({ data }: CandlesFrame): void {
    this.#candle = data.at(-1) ?? this.#candle;
  }

  snapshot(sequence: number): CandlesFrame {
    const data = this.#candle === undefined ? [] : [this.#candle];
    return { channel: this.#channel, type: 'snapshot', sequence, data };
  }
}
