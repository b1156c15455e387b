import type { Micros, Steps, TickSteps, Ticks } from '../numbers/units.ts';
import type { QuoteStatus } from '../quotes/quote.ts';

/** One instrument's part in an account's equity, as data for an explanation. */
export interface LegFigures {
  readonly asset: string;
  readonly bid: Ticks;
  readonly ask: Ticks;
  readonly status: QuoteStatus;
  readonly longQuantity: Steps;
  readonly longCost: TickSteps;
  readonly shortQuantity: Steps;
  readonly shortCost: TickSteps;
  readonly unrealizedPnl: Micros;
}
