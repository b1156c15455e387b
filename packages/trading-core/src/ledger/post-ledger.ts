import type {
  BalanceAdjusted,
  Deposited,
  Event,
  Fill,
  NegativeBalanceWrittenOff,
  PositionClosed,
  PositionIncreased,
  PositionOpened,
  PositionReduced,
  SwapCharged,
  Withdrawn,
} from '../event.ts';
import type { HouseAccount } from './ledger-account.ts';

/** Takes the entries of one transaction; `client` is the account of the event. Amounts are micros, never 0. */
export interface LedgerBook {
  post(account: 'client' | HouseAccount, amount: number): void;
}

/** The events that move money. */
export type MoneyEvent =
  | PositionOpened
  | PositionIncreased
  | PositionReduced
  | PositionClosed
  | SwapCharged
  | NegativeBalanceWrittenOff
  | Deposited
  | Withdrawn
  | BalanceAdjusted;

/**
 * The double entry of an event: the one place that says which accounts money moves between. The entries of an event
 * sum to zero. Balances in the state, and rows in the book of record, both come from here.
 */
export function postLedger(event: MoneyEvent, book: LedgerBook): void {
  switch (event.type) {
    case 'position-opened':
    case 'position-increased':
    case 'position-reduced':
    case 'position-closed':
      postFill(event.fill, book);
      return;
    case 'swap-charged':
      move('client', 'house:swap', event.amount, book);
      move('house:rounding', 'house:swap', event.rounding, book);
      return;
    case 'negative-balance-written-off':
      move('house:negative-balance-write-off', 'client', event.amount, book);
      return;
    case 'deposited':
      move('external:deposits', 'client', event.amount, book);
      return;
    case 'withdrawn':
      move('client', 'external:deposits', event.amount, book);
      return;
    case 'balance-adjusted':
      move('house:pnl', 'client', event.amount, book);
      return;
  }
}

function postFill(fill: Fill, book: LedgerBook): void {
  move('house:pnl', 'client', fill.realizedPnl, book);
  move('client', 'house:commission', fill.commission, book);
  move('house:rounding', 'house:commission', fill.rounding, book);
}

function move(from: 'client' | HouseAccount, to: 'client' | HouseAccount, amount: number, book: LedgerBook): void {
  if (amount === 0) return;
  book.post(from, -amount);
  book.post(to, amount);
}

const moneyEventTypes: ReadonlySet<Event['type']> = new Set<MoneyEvent['type']>([
  'position-opened',
  'position-increased',
  'position-reduced',
  'position-closed',
  'swap-charged',
  'negative-balance-written-off',
  'deposited',
  'withdrawn',
  'balance-adjusted',
]);

export function isMoneyEvent(event: Event): event is MoneyEvent {
  return moneyEventTypes.has(event.type);
}
