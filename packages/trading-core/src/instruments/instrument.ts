import { countDecimals } from '../numbers/decimal.ts';

/** What can be traded. Sizes are decimal strings in units of the quote (price) and base (quantity) currency. */
export interface Instrument {
  /** The symbol in every message, e.g. `SOL_USDC`. */
  readonly asset: string;
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  /** Smallest price step. */
  readonly tickSize: string;
  /** Digits after the point of a price on a screen: those of `tickSize`. */
  readonly priceDecimals: number;
  /** Smallest quantity step. */
  readonly quantityStep: string;
  /** Age of the last quote, ms, after which the instrument's status is `stale`. */
  readonly staleAfterMs: number;
  /** Age of the last quote, ms, after which the instrument's status is `down`. */
  readonly downAfterMs: number;
}

function crypto(base: string, name: string, tickSize: string, quantityStep: string, quiet = false): Instrument {
  return {
    asset: `${base}_USDC`,
    name,
    base,
    quote: 'USDC',
    tickSize,
    priceDecimals: countDecimals(tickSize),
    quantityStep,
    staleAfterMs: quiet ? 15_000 : 5_000,
    downAfterMs: quiet ? 60_000 : 15_000,
  };
}

/** The instruments a new installation starts with. */
export const defaultInstruments: readonly Instrument[] = [
  crypto('SOL', 'Solana', '0.01', '0.01'),
  crypto('BTC', 'Bitcoin', '0.1', '0.00001'),
  crypto('ETH', 'Ether', '0.01', '0.0001'),
  crypto('DOGE', 'Dogecoin', '0.00001', '1', true),
  crypto('BNB', 'BNB', '0.01', '0.001', true),
];
