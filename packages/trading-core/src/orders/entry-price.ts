import type { Ticks } from '../numbers/units.ts';
import type { OrderTerms } from './order-terms.ts';

/** Whether a pending order waits for its stop price; otherwise it waits for its limit price. */
export function waitsForStop(terms: OrderTerms, isTriggered: boolean): boolean {
  return terms.type === 'stop' || (terms.type === 'stop-limit' && !isTriggered);
}

/** The price that a pending order waits for. */
export function entryPrice(terms: OrderTerms, isTriggered: boolean): Ticks {
  return (waitsForStop(terms, isTriggered) ? terms.stopPrice : terms.limitPrice) as Ticks;
}
