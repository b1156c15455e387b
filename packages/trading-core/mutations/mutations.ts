import type { Mutation } from './mutation.ts';
import { margin } from './rules/margin.ts';
import { money } from './rules/money.ts';
import { orders } from './rules/orders.ts';
import { positions } from './rules/positions.ts';
import { quotes } from './rules/quotes.ts';
import { shards } from './rules/shards.ts';
import { swap } from './rules/swap.ts';
import { tradingStatesAndLimits } from './rules/trading-states-and-limits.ts';
import { trailingStops } from './rules/trailing-stops.ts';
import { whatOneQuoteSetsOff } from './rules/what-one-quote-sets-off.ts';
import { whoTradesAtWhichSide } from './rules/who-trades-at-which-side.ts';

/** Bugs that somebody could write; the suite has to find every one. Grouped by the rule they break. */
export const mutations: readonly Mutation[] = [
  ...quotes,
  ...whoTradesAtWhichSide,
  ...whatOneQuoteSetsOff,
  ...trailingStops,
  ...orders,
  ...tradingStatesAndLimits,
  ...margin,
  ...positions,
  ...money,
  ...swap,
  ...shards,
];
