import { fillClosing } from '../positions/fill-closing.ts';
import { fillOpening, type OpeningFill } from '../positions/fill-opening.ts';
import { netFill } from '../positions/net-fill.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/**
 * Fills an order whole, at the quote, whatever its level: a gap's price is the client's, for better or worse. The caller
 * has checked that it may be, and reviews the account's margin afterwards.
 */
export function fillOrder(decision: Decision, opening: OpeningFill): void {
  const { account, market, orderId, terms, quote, rule, level } = opening;
  const { position, reduced, opened } = netFill(account, market, terms.side, terms.quantity);
  if (position !== null && reduced > 0) fillClosing(decision, position, reduced, quote, rule, level, orderId);
  if (opened > 0) fillOpening(decision, opening, opened, reduced > 0 ? null : position);
  emit(decision, {
    type: 'order-filled',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    orderId,
  });
}
