import type { LeverageTiers } from '../accounts/profile.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { initialMargin } from './initial-margin.ts';

/**
 * Margin used in one instrument: that of the larger side, as the sides hedge each other. Notionals are at open prices,
 * so it changes with fills alone.
 */
export function usedMargin(tiers: LeverageTiers, longNotional: Micros, shortNotional: Micros): Micros {
  return initialMargin(tiers, micros(Math.max(longNotional, shortNotional)));
}
