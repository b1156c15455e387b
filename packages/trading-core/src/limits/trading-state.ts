/**
 * Of an instrument or of the firm; the stricter one counts.
 *
 * - `active`: everything.
 * - `reducing`: only what reduces exposure; a pending order that triggers and would open is rejected.
 * - `halted`: orders may be cancelled, nothing else; nothing triggers and nothing is stopped out until it ends.
 */
export type TradingState = 'active' | 'reducing' | 'halted';

const strictness: Readonly<Record<TradingState, number>> = { active: 0, reducing: 1, halted: 2 };

export function stricter(a: TradingState, b: TradingState): TradingState {
  return strictness[a] >= strictness[b] ? a : b;
}
