import type { AssetClass } from '../instruments/instrument-terms.ts';
import type { Micros } from '../numbers/units.ts';

/** One bracket: this leverage for the notional up to `notionalMax`, beyond the tier before; `null`: without end. */
export interface LeverageTier {
  readonly notionalMax: Micros | null;
  /** A whole number: 20 means that 1 of margin carries 20 of notional. */
  readonly leverage: number;
}

/** Marginal, like tax brackets, lowest first; the last has no end. */
export type LeverageTiers = readonly LeverageTier[];

/** The rules an account trades under. Levels are whole percents of used margin. */
export interface Profile {
  readonly name: string;
  readonly leverage: Readonly<Record<AssetClass, LeverageTiers>>;
  readonly marginCallPercent: number;
  /** A margin call is repeated only after the level has been above this. */
  readonly marginCallResetPercent: number;
  readonly stopOutPercent: number;
  /** Which position a stop-out closes first. */
  readonly stopOutOrder: 'largest-loss' | 'most-margin';
  readonly negativeBalanceProtection: boolean;
  /** Largest open notional of one account, at open prices. */
  readonly notionalMax: Micros;
  readonly openPositionsMax: number;
  readonly pendingOrdersMax: number;
}
