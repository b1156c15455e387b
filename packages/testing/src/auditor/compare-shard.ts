import type { PositionSide, ShardSnapshot } from '@repo/trading-core';
import type { ShardView } from '../shard-view.ts';
import type { AuditedAccount, AuditedPosition, Books } from './books.ts';
import { difference } from './difference.ts';
import type { Fail } from './event-cursor.ts';
import { equityOf, usedMarginOf } from './margin.ts';
import { rememberedOrder } from './remembered-order.ts';

/** Compares the whole state that a shard tells of itself with the auditor's own. */
export function compareShard(books: Books, shard: ShardView, fail: Fail): void {
  const told = shard.snapshot();
  const agree = (what: string, own: unknown, theirs: unknown): void => {
    const path = difference(own, theirs);
    if (path !== undefined) fail(`state: ${what} ${path}`, own, theirs);
  };
  const { sequence, nextOrderId, nextPositionId, nextFillId, swapDay } = told;
  const { roundingCarry, tradingState } = told;
  agree(
    'figures',
    {
      sequence: books.sequence,
      nextOrderId: books.nextOrderId,
      nextPositionId: books.nextPositionId,
      nextFillId: books.nextFillId,
      swapDay: books.swapDay,
      roundingCarry: Number(books.roundingCarry),
      tradingState: books.state,
      grossNotional: Number(books.grossNotional),
    },
    {
      sequence,
      nextOrderId,
      nextPositionId,
      nextFillId,
      swapDay,
      roundingCarry,
      tradingState,
      grossNotional: shard.grossNotional,
    },
  );
  for (const [account, balance] of Object.entries(told.house)) {
    agree(`balance of ${account}`, String(books.ledger.get(account) ?? 0n), balance);
  }
  agree('instruments', marketsOf(books), told.markets);
  agree('exposures', exposuresOf(books), shard.exposures());
  agree('accounts', Array.from(books.accounts.values(), accountOf), told.accounts);
  agree('orders', ordersOf(books), told.orders);
  agree('positions', Array.from(books.positions.values(), positionOf), told.positions);
  compareRecentOrders(books, told, fail);
}

/** Compares what is told of an account with the auditor's own. */
export function compareAccount(account: AuditedAccount, shard: ShardView, fail: Fail): void {
  const own = {
    balance: Number(account.balance),
    equity: Number(equityOf(account)),
    usedMargin: Number(usedMarginOf(account)),
    openPositions: account.legs.reduce((count, leg) => count + leg.positions.length, 0),
    pendingOrders: account.orders.length,
    isMarginCalled: account.isMarginCalled,
  };
  const told = shard.account(account.id);
  const path = difference(own, told);
  if (path !== undefined) fail(`state: account ${account.id} ${path}`, own, told);
}

function marketsOf({ markets }: Books) {
  return Array.from(markets.values(), ({ terms, state, quote }) => ({ terms, tradingState: state, quote }));
}

function exposuresOf({ markets }: Books) {
  return Array.from(markets.values(), ({ terms, positions }) => {
    const clientLong = quantityOf(positions, 'long');
    const clientShort = quantityOf(positions, 'short');
    return { asset: terms.asset, clientLong, clientShort, houseNet: clientShort - clientLong };
  });
}

function quantityOf(positions: readonly AuditedPosition[], side: PositionSide): number {
  return positions.reduce((sum, position) => sum + (position.side === side ? position.quantity : 0), 0);
}

function accountOf({ id, mode, profile, balance, isMarginCalled }: AuditedAccount) {
  return { id, mode, profile: profile.name, balance: Number(balance), isMarginCalled };
}

function ordersOf({ orders }: Books) {
  return Array.from(orders.values(), ({ id, account, terms, isTriggered }) => ({
    id,
    accountId: account.id,
    terms,
    isTriggered,
  }));
}

function positionOf(position: AuditedPosition) {
  const { account, market, lastSwapDay, paidCommission, paidSwap, ...rest } = position;
  return {
    ...rest,
    accountId: account.id,
    asset: market.terms.asset,
    swapDay: lastSwapDay,
    commission: Number(paidCommission),
    swap: Number(paidSwap),
  };
}

function compareRecentOrders(books: Books, { recentOrders }: ShardSnapshot, fail: Fail): void {
  const count = Math.min(books.acceptedOrders, books.recentOrdersMax);
  if (recentOrders.length !== count) fail('state: number of recent orders', count, recentOrders.length);
  for (const { accountId, orderId, terms } of recentOrders) {
    const own = rememberedOrder(books, accountId, terms.clientOrderId);
    const told = { orderId, terms };
    const path = difference(own === undefined ? undefined : { orderId: own.orderId, terms: own.terms }, told);
    if (path !== undefined) fail(`state: recent order ${path}`, own, told);
  }
}
