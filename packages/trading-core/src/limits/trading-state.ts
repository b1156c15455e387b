/**
 * Of an instrument or of the firm; the stricter one counts.
 *
 * - `active`: everything.
 * - `reducing`: only what reduces exposure; a pending order that triggers and would open is rejected.
 * - `halted`: orders may be cancelled, nothing else; nothing triggers and nothing is stopped out until it ends.
 */
export type TradingState = 'active' | 'reducing' | 'halted';

export function stricter(a: TradingState, b: TradingState): TradingState {
  if (a === 'halted' || b === 'halted') return 'halted';
  return a === 'reducing' || b === 'reducing' ? 'reducing' : 'active';
}
