import type { Account } from '../accounts/account.ts';
import { createAccount } from '../accounts/create-account.ts';
import { createMarket, type Market } from '../instruments/market.ts';
import { houseAccounts } from '../ledger/ledger-account.ts';
import { equity } from '../margin/equity.ts';
import { guardMargin } from '../margin/margin-guards.ts';
import { WideSum } from '../numbers/wide-sum.ts';
import { addOrder, turnIntoLimit } from '../orders/pending-orders.ts';
import { addPosition } from '../positions/apply-fill.ts';
import { createShard, type Shard, type ShardOptions } from './shard.ts';
import type { ShardSnapshot } from './snapshot.ts';

/**
 * The shard of a snapshot. It goes on as the one the snapshot was made of would have.
 *
 * @throws when the snapshot names a profile, account or instrument that it does not hold.
 */
export function loadShard(options: ShardOptions, snapshot: ShardSnapshot): Shard {
  const shard = createShard(options);
  for (const account of houseAccounts) shard.house[account] = new WideSum(BigInt(snapshot.house[account]));
  for (const { terms, tradingState, quote } of snapshot.markets) {
    const market = createMarket(shard.markets.size + 1, terms);
    market.tradingState = tradingState;
    market.quote = quote;
    shard.markets.set(terms.asset, market);
  }
  for (const { id, mode, profile, balance, isMarginCalled } of snapshot.accounts) {
    const account = createAccount(shard, id, mode, profile);
    account.balance = balance;
    account.isMarginCalled = isMarginCalled;
  }
  for (const { id, accountId, terms, isTriggered } of snapshot.orders) {
    const order = addOrder(shard, accountOf(shard, accountId), marketOf(shard, terms.asset), id, terms);
    if (isTriggered) turnIntoLimit(order);
  }
  for (const position of snapshot.positions) {
    addPosition(shard, accountOf(shard, position.accountId), marketOf(shard, position.asset), position);
  }
  for (const { accountId, orderId, terms } of snapshot.recentOrders) shard.recentOrders.add(accountId, orderId, terms);
  Object.assign(shard, {
    sequence: snapshot.sequence,
    nextOrderId: snapshot.nextOrderId,
    nextPositionId: snapshot.nextPositionId,
    nextFillId: snapshot.nextFillId,
    swapDay: snapshot.swapDay,
    roundingCarry: snapshot.roundingCarry,
    tradingState: snapshot.tradingState,
  });
  for (const account of shard.accounts.values()) if (account.openPositions > 0) guardMargin(account, equity(account));
  return shard;
}

function accountOf(shard: Shard, id: string): Account {
  const account = shard.accounts.get(id);
  if (account === undefined) throw new Error(`the snapshot has no account ${id}`);
  return account;
}

function marketOf(shard: Shard, asset: string): Market {
  const market = shard.markets.get(asset);
  if (market === undefined) throw new Error(`the snapshot has no instrument ${asset}`);
  return market;
}
