import type { Ticks } from '../numbers/units.ts';

/** `stale` and `down` quotes decide nothing: no opening, no trigger, no stop-out. */
export type QuoteStatus = 'live' | 'stale' | 'down';

/** Prices at which clients trade: they buy at the ask, sell at the bid. */
export interface Quote {
  readonly asset: string;
  readonly bid: Ticks;
  readonly ask: Ticks;
  /** Rises with every quote of the asset. */
  readonly sequence: number;
  /** Ms since the epoch, as told by the source. Never used for ordering. */
  readonly at: number;
  readonly source: string;
  readonly status: QuoteStatus;
}
