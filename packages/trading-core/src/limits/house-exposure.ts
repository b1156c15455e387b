import { type Steps, steps } from '../numbers/units.ts';
import type { Shard } from '../shard/shard.ts';

/** What the house is exposed to in one instrument: the opposite of what its clients hold, netted. */
export interface InstrumentExposure {
  readonly asset: string;
  readonly clientLong: Steps;
  readonly clientShort: Steps;
  /** Above zero: the house gains when the price rises. */
  readonly houseNet: Steps;
  /** |net| at the newest mid, in micros, half-micros cut off; 0 before the first quote. */
  readonly netNotional: bigint;
}

/** The house's exposure, instrument by instrument, and in sum. Notionals in micros, as they may leave the safe integers. */
export interface HouseExposure {
  readonly instruments: readonly InstrumentExposure[];
  /** Σ of the instruments' net notionals. */
  readonly netNotional: bigint;
  /** Σ of all clients' positions, at open prices: what the firm's limit counts. */
  readonly grossNotional: bigint;
}

export function houseExposure(shard: Shard): HouseExposure {
  const instruments = Array.from(shard.markets.values(), ({ terms, quote, clientLong, clientShort }) => {
    const houseNet = steps(clientShort - clientLong);
    const doubleMid = quote === null ? 0n : BigInt(quote.bid) + BigInt(quote.ask);
    const doubleNotional = doubleMid * BigInt(houseNet) * BigInt(terms.tickValue);
    const netNotional = (doubleNotional < 0n ? -doubleNotional : doubleNotional) / 2n;
    return { asset: terms.asset, clientLong, clientShort, houseNet, netNotional };
  });
  return {
    instruments,
    netNotional: instruments.reduce((sum, { netNotional }) => sum + netNotional, 0n),
    grossNotional: BigInt(shard.grossNotional),
  };
}
