import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Ends the GTD orders whose moment has come, soonest first. */
export function expireOrders(decision: Decision): void {
  const { expiries } = decision.shard;
  for (
    let order = expiries.first();
    order !== undefined && expiries.isReachedBy(decision.at);
    order = expiries.first()
  ) {
    emit(decision, {
      type: 'order-expired',
      sequence: nextSequence(decision),
      at: decision.at,
      accountId: order.account.id,
      orderId: order.id,
    });
  }
}

/** Whether an order given at `at` can expire at `expiresAt`. Both ms since the epoch. */
export function isToCome(expiresAt: number, at: number): boolean {
  return Number.isSafeInteger(expiresAt) && expiresAt > at;
}
