import type { CancelAllOrders, CancelOrder } from '../command.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { Order } from './order.ts';

/** Cancels a pending order. Always possible, also while trading is halted and without a live quote. */
export function cancelOrder(decision: Decision, { accountId, orderId }: CancelOrder): Refused | undefined {
  const account = decision.shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  const order = decision.shard.orders.get(orderId);
  if (order === undefined || order.account !== account) return refuse('order-not-open', { orderId });
  emitCancelled(decision, order, 'client');
  return undefined;
}

/** Cancels all pending orders of an account, or those in one asset. */
export function cancelAllOrders(decision: Decision, { accountId, asset }: CancelAllOrders): Refused | undefined {
  const account = decision.shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  if (asset !== undefined && !decision.shard.markets.has(asset)) return refuse('unknown-instrument', { asset });
  for (let order = account.firstOrder; order !== null; ) {
    const { next } = order;
    if (asset === undefined || order.terms.asset === asset) emitCancelled(decision, order, 'client');
    order = next;
  }
  return undefined;
}

export function emitCancelled(decision: Decision, order: Order, reason: 'client' | 'stop-out'): void {
  emit(decision, {
    type: 'order-cancelled',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: order.account.id,
    orderId: order.id,
    reason,
  });
}
