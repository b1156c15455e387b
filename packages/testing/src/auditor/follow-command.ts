import type { CancelAllOrders, CloseAllPositions, Command, ModifyPosition, PlaceOrder } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import type { AuditedAccount, AuditedMarket, AuditedOrder, AuditedPosition } from './books.ts';
import { checkLedger } from './check-ledger.ts';
import { followClosing } from './follow-closing.ts';
import { expectLevels, followOrderFill, removeOrder } from './follow-order-fill.ts';
import { followReview } from './follow-review.ts';
import { followSwaps } from './follow-swaps.ts';
import { modifiedLevels, modifiedTerms } from './judge-changes.ts';
import { termsOf } from './judge-place-order.ts';
import { closingPriceOf } from './margin.ts';
import { rememberOrder } from './remembered-order.ts';
import { isClosable } from './trading-state-of.ts';

/** Expects the events of a command that has been judged acceptable. */
export function followCommand(audit: Audit, command: Command): void {
  const { books, cursor } = audit;
  if ('accountId' in command) audit.touched.add(command.accountId);
  switch (command.type) {
    case 'place-order':
      followPlaceOrder(audit, command);
      return;
    case 'modify-order': {
      const order = found(books.orders, command.orderId);
      order.terms = modifiedTerms(order, command);
      cursor.expect({ type: 'order-modified', accountId: command.accountId, orderId: order.id, terms: order.terms });
      return;
    }
    case 'cancel-order':
      followCancellation(audit, found(books.orders, command.orderId));
      return;
    case 'cancel-all-orders':
      followCancelAll(audit, command);
      return;
    case 'modify-position':
      followModifyPosition(audit, command);
      return;
    case 'close-position': {
      const position = found(books.positions, command.positionId);
      followClosing(audit, position, command.quantity ?? position.quantity, byCommand);
      followReview(audit, position.account);
      return;
    }
    case 'close-all-positions':
      followCloseAll(audit, command);
      return;
    case 'deposit':
    case 'withdraw':
    case 'adjust-balance':
      followMoney(audit, command);
      return;
    case 'advance-time':
      followExpiries(audit);
      followSwaps(audit);
      return;
    case 'open-account':
      followOpenAccount(audit, command);
      return;
    case 'list-instrument':
      followListing(audit, command.terms);
      return;
    case 'set-trading-state': {
      const { asset, state } = command;
      cursor.expect({ type: 'trading-state-changed', asset, state });
      if (asset === null) books.state = state;
      else found(books.markets, asset).state = state;
      return;
    }
  }
}

const byCommand = { rule: 'close', level: null, orderId: null } as const;

function followPlaceOrder(audit: Audit, command: PlaceOrder): void {
  const { books, cursor } = audit;
  const account = found(books.accounts, command.accountId);
  const market = found(books.markets, command.asset);
  const terms = termsOf(command);
  const orderId = books.nextOrderId;
  cursor.expect({ type: 'order-accepted', accountId: account.id, orderId, terms });
  books.nextOrderId += 1;
  rememberOrder(books, account.id, orderId, terms);
  if (terms.type === 'market') {
    followOrderFill(audit, { account, market, orderId, terms, rule: 'market', level: null });
    followReview(audit, account);
    return;
  }
  const order: AuditedOrder = { id: orderId, account, market, terms, isTriggered: false };
  books.orders.set(orderId, order);
  account.orders.push(order);
  market.orders.push(order);
}

function followCancellation(audit: Audit, { id: orderId, account }: AuditedOrder): void {
  audit.cursor.expect({ type: 'order-cancelled', accountId: account.id, orderId, reason: 'client' });
  removeOrder(audit, orderId);
}

function followCancelAll(audit: Audit, { accountId, asset }: CancelAllOrders): void {
  for (const order of found(audit.books.accounts, accountId).orders.slice()) {
    if (asset === undefined || order.terms.asset === asset) followCancellation(audit, order);
  }
}

function followModifyPosition(audit: Audit, command: ModifyPosition): void {
  const position = found(audit.books.positions, command.positionId);
  Object.assign(position, modifiedLevels(position, command));
  if (command.trailingDistance === null) position.trailingBest = null;
  if (typeof command.trailingDistance === 'number') position.trailingBest = closingPriceOf(position);
  expectLevels(audit, position, command.accountId);
}

function followCloseAll(audit: Audit, { accountId, asset }: CloseAllPositions): void {
  const { books } = audit;
  const account = found(books.accounts, accountId);
  const closable: AuditedPosition[] = [];
  for (const { market, positions } of account.legs) {
    const isWanted = asset === undefined || market.terms.asset === asset;
    if (isWanted && isClosable(books, market)) closable.push(...positions);
  }
  if (closable.length === 0) return;
  closable.sort((a, b) => a.id - b.id);
  for (const position of closable) followClosing(audit, position, position.quantity, byCommand);
  followReview(audit, account);
}

function followMoney(audit: Audit, command: Extract<Command, { amount: unknown }>): void {
  const { books, cursor } = audit;
  const account = found(books.accounts, command.accountId);
  const { accountId, amount } = command;
  const client = `client:${accountId}`;
  const money = BigInt(amount);
  if (command.type === 'deposit') {
    const event = cursor.expect({ type: 'deposited', accountId, amount });
    checkLedger(audit, event, `deposit:${cursor.sequence}`, [['external:deposits', client, money]]);
    account.balance += money;
  } else if (command.type === 'withdraw') {
    const event = cursor.expect({ type: 'withdrawn', accountId, amount });
    checkLedger(audit, event, `withdrawal:${cursor.sequence}`, [[client, 'external:deposits', money]]);
    account.balance -= money;
  } else {
    const event = cursor.expect({ type: 'balance-adjusted', accountId, amount, reason: command.reason });
    checkLedger(audit, event, `adjustment:${cursor.sequence}`, [['house:pnl', client, money]]);
    account.balance += money;
  }
  followReview(audit, account);
}

/** Soonest first; of equal ones the older. */
function followExpiries(audit: Audit): void {
  const due: AuditedOrder[] = [];
  for (const order of audit.books.orders.values()) {
    const { expiresAt } = order.terms;
    if (expiresAt !== null && expiresAt <= audit.at) due.push(order);
  }
  due.sort((a, b) => Number(a.terms.expiresAt) - Number(b.terms.expiresAt) || a.id - b.id);
  for (const { id: orderId, account } of due) {
    audit.cursor.expect({ type: 'order-expired', accountId: account.id, orderId });
    removeOrder(audit, orderId);
  }
}

function followOpenAccount(audit: Audit, command: Extract<Command, { type: 'open-account' }>): void {
  const { books, cursor } = audit;
  const { accountId, mode, profile } = command;
  cursor.expect({ type: 'account-opened', accountId, mode, profile });
  const account: AuditedAccount = {
    id: accountId,
    ordinal: books.accounts.size + 1,
    mode,
    profile: found(books.profiles, profile),
    balance: 0n,
    isMarginCalled: false,
    legs: [],
    orders: [],
  };
  books.accounts.set(accountId, account);
  if (command.deposit !== undefined) followMoney(audit, { ...command, type: 'deposit', amount: command.deposit });
}

function followListing({ books, cursor }: Audit, terms: AuditedMarket['terms']): void {
  cursor.expect({ type: 'instrument-listed', terms });
  const market = books.markets.get(terms.asset);
  if (market !== undefined) market.terms = terms;
  else {
    const ordinal = books.markets.size + 1;
    const listed = {
      ordinal,
      terms,
      state: 'active',
      quote: null,
      isSettled: false,
      positions: [],
      orders: [],
    } as const;
    books.markets.set(terms.asset, { ...listed, positions: [], orders: [] });
  }
}

function found<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nothing known under ${String(key)}`);
  return value;
}
