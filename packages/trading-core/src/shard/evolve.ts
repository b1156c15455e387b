import type { Account } from '../accounts/account.ts';
import { createAccount } from '../accounts/create-account.ts';
import type { Event, TradingStateChanged } from '../event.ts';
import { createMarket, type Market } from '../instruments/market.ts';
import type { HouseAccount } from '../ledger/ledger-account.ts';
import { type LedgerBook, type MoneyEvent, postLedger } from '../ledger/post-ledger.ts';
import { micros } from '../numbers/units.ts';
import type { Order } from '../orders/order.ts';
import { addOrder, removeOrder, replaceTerms, turnIntoLimit } from '../orders/pending-orders.ts';
import { applyChange, applyClosing, applyOpening } from '../positions/apply-fill.ts';
import type { Position } from '../positions/position.ts';
import { setLevels } from '../positions/position-levels.ts';
import type { Shard } from './shard.ts';

/**
 * Applies an event to the state: the only writer of it. Deciding ends here, and so does recovering: the events of a
 * shard, applied to the state before them, give the state after them.
 */
export function evolve(shard: Shard, event: Event): void {
  shard.sequence = event.sequence;
  switch (event.type) {
    case 'position-opened': {
      const account = accountOf(shard, event.accountId);
      post(shard, account, event);
      applyOpening(shard, account, marketOf(shard, event.fill.asset), event);
      return;
    }
    case 'position-increased':
    case 'position-reduced': {
      const position = positionOf(shard, event.fill.positionId);
      post(shard, position.leg.account, event);
      applyChange(shard, position, event);
      return;
    }
    case 'position-closed': {
      const position = positionOf(shard, event.fill.positionId);
      post(shard, position.leg.account, event);
      applyClosing(shard, position, event);
      return;
    }
    case 'position-modified':
      setLevels(positionOf(shard, event.positionId), event, event.trailingBest);
      return;
    case 'order-accepted':
      shard.nextOrderId = event.orderId + 1;
      shard.recentOrders.add(event.accountId, event.orderId, event.terms);
      if (event.terms.type !== 'market') {
        const account = accountOf(shard, event.accountId);
        addOrder(shard, account, marketOf(shard, event.terms.asset), event.orderId, event.terms);
      }
      return;
    case 'order-modified':
      replaceTerms(shard, orderOf(shard, event.orderId), event.terms);
      return;
    case 'order-triggered':
      turnIntoLimit(orderOf(shard, event.orderId));
      return;
    case 'order-filled':
    case 'order-cancelled':
    case 'order-expired':
    case 'order-rejected': {
      // A market order never waits, so there is nothing to take away.
      const order = shard.orders.get(event.orderId);
      if (order !== undefined) removeOrder(shard, order);
      return;
    }
    case 'trailing-best-reached': {
      const market = marketOf(shard, event.asset);
      const stops = event.side === 'long' ? market.longTrailingStops : market.shortTrailingStops;
      stops.follow(event.price);
      return;
    }
    case 'margin-called':
      accountOf(shard, event.accountId).isMarginCalled = true;
      return;
    case 'margin-call-cleared':
      accountOf(shard, event.accountId).isMarginCalled = false;
      return;
    case 'account-stopped-out':
      // A heading: the cancellations and closes that follow are events of their own.
      return;
    case 'swap-charged': {
      const position = positionOf(shard, event.positionId);
      post(shard, position.leg.account, event);
      position.swap = micros(position.swap + event.amount);
      position.swapDay = event.day;
      shard.roundingCarry = event.roundingCarry;
      return;
    }
    case 'negative-balance-written-off':
    case 'deposited':
    case 'withdrawn':
    case 'balance-adjusted':
      post(shard, accountOf(shard, event.accountId), event);
      return;
    case 'trading-day-ended':
      shard.swapDay = event.day;
      return;
    case 'account-opened':
      createAccount(shard, event.accountId, event.mode, event.profile);
      return;
    case 'instrument-listed': {
      const market = shard.markets.get(event.terms.asset);
      if (market === undefined) shard.markets.set(event.terms.asset, createMarket(shard.markets.size + 1, event.terms));
      else market.terms = event.terms;
      return;
    }
    case 'trading-state-changed':
      changeTradingState(shard, event);
      return;
  }
}

class ShardBook implements LedgerBook {
  readonly #shard: Shard;
  readonly #client: Account;

  constructor(shard: Shard, client: Account) {
    this.#shard = shard;
    this.#client = client;
  }

  post(account: 'client' | HouseAccount, amount: number): void {
    if (account === 'client') this.#client.balance = micros(this.#client.balance + amount);
    else this.#shard.house[account].add(amount);
  }
}

function post(shard: Shard, client: Account, event: MoneyEvent): void {
  postLedger(event, new ShardBook(shard, client));
}

function changeTradingState(shard: Shard, { asset, state }: TradingStateChanged): void {
  if (asset === null) shard.tradingState = state;
  else marketOf(shard, asset).tradingState = state;
}

// An event that names what is not there does not belong to this shard's history: a bug, or a book that is not ours.
function accountOf(shard: Shard, id: string): Account {
  const account = shard.accounts.get(id);
  if (account === undefined) throw new Error(`no account ${id}`);
  return account;
}

function marketOf(shard: Shard, asset: string): Market {
  const market = shard.markets.get(asset);
  if (market === undefined) throw new Error(`no market ${asset}`);
  return market;
}

function positionOf(shard: Shard, id: number): Position {
  const position = shard.positions.get(id);
  if (position === undefined) throw new Error(`no open position ${id}`);
  return position;
}

function orderOf(shard: Shard, id: number): Order {
  const order = shard.orders.get(id);
  if (order === undefined) throw new Error(`no pending order ${id}`);
  return order;
}
