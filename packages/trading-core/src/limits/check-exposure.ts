import type { Account } from '../accounts/account.ts';
import type { Market } from '../instruments/market.ts';
import type { Micros, Steps } from '../numbers/units.ts';
import type { Side } from '../orders/order-terms.ts';
import { type Refused, refuse } from '../refusal.ts';
import type { Shard } from '../shard/shard.ts';

/** What a fill would add; reductions of a netting fill are taken off. */
export interface AddedExposure {
  readonly side: Side;
  readonly quantity: Steps;
  readonly notional: Micros;
  readonly positions: number;
}

/** Limits of the account (its profile's), the instrument and the firm (this shard's), in this order. */
export function checkExposure(
  shard: Shard,
  account: Account,
  market: Market,
  added: AddedExposure,
): Refused | undefined {
  const { profile } = account;
  if (account.openPositions + added.positions > profile.openPositionsMax) {
    return refuseLimit('account-positions', account.openPositions, added.positions, profile.openPositionsMax);
  }
  if (account.openNotional + added.notional > profile.notionalMax) {
    return refuseLimit('account-notional', account.openNotional, added.notional, profile.notionalMax);
  }
  const net = market.clientLong - market.clientShort;
  const netAfter = net + added.quantity * (added.side === 'buy' ? 1 : -1);
  if (Math.abs(netAfter) > market.terms.netQuantityMax && Math.abs(netAfter) > Math.abs(net)) {
    return refuseLimit('instrument-net-quantity', Math.abs(net), added.quantity, market.terms.netQuantityMax);
  }
  if (shard.grossNotional + added.notional > shard.options.grossNotionalMax) {
    return refuseLimit('firm-gross-notional', shard.grossNotional, added.notional, shard.options.grossNotionalMax);
  }
  return undefined;
}

export function refuseLimit(limit: string, current: number, added: number, max: number): Refused {
  return refuse('exposure-limit', { limit, current, added, max });
}
