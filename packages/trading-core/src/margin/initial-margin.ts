import type { LeverageTiers } from '../accounts/profile.ts';
import { divideUp } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';

/**
 * Margin of a notional under marginal leverage tiers; each tier's share is rounded up to the micro.
 *
 * Source of the tiers: cTrader's dynamic leverage. 1:3 up to 100,000, 1:1 beyond: a notional of 192,000 needs
 * 33,333.33… + 92,000.
 */
export function initialMargin(tiers: LeverageTiers, notional: Micros): Micros {
  let margin = 0;
  let below = 0;
  for (const tier of tiers) {
    const top = tier.notionalMax === null || notional < tier.notionalMax ? notional : tier.notionalMax;
    if (top <= below) break;
    margin += divideUp(top - below, tier.leverage);
    below = top;
  }
  return micros(margin);
}
