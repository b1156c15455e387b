import type { Event } from '../event.ts';
import type { Micros } from '../numbers/units.ts';
import type { LedgerAccount } from './ledger-account.ts';
import { isMoneyEvent, type MoneyEvent, postLedger } from './post-ledger.ts';

export interface LedgerEntry {
  readonly account: LedgerAccount;
  /** Above zero: the account received. */
  readonly amount: Micros;
}

/** What moved the money; no two transactions have the same cause. */
export type LedgerCause =
  | `fill:${number}`
  | `swap:${number}:${number}`
  | `write-off:${number}`
  | `deposit:${number}`
  | `withdrawal:${number}`
  | `adjustment:${number}`;

/** Its entries sum to zero. */
export interface LedgerTransaction {
  readonly cause: LedgerCause;
  readonly at: number;
  readonly entries: readonly LedgerEntry[];
}

/** The ledger transaction of an event; `undefined` when it moves no money. */
export function ledgerTransaction(event: Event): LedgerTransaction | undefined {
  if (!isMoneyEvent(event)) return undefined;
  const entries: LedgerEntry[] = [];
  postLedger(event, {
    post: (account, amount) => {
      entries.push({
        account: account === 'client' ? `client:${event.accountId}` : account,
        amount: amount as Micros,
      });
    },
  });
  return entries.length === 0 ? undefined : { cause: causeOf(event), at: event.at, entries };
}

function causeOf(event: MoneyEvent): LedgerCause {
  switch (event.type) {
    case 'position-opened':
    case 'position-increased':
    case 'position-reduced':
    case 'position-closed':
      return `fill:${event.fill.id}`;
    case 'swap-charged':
      return `swap:${event.positionId}:${event.day}`;
    case 'negative-balance-written-off':
      return `write-off:${event.sequence}`;
    case 'deposited':
      return `deposit:${event.sequence}`;
    case 'withdrawn':
      return `withdrawal:${event.sequence}`;
    case 'balance-adjusted':
      return `adjustment:${event.sequence}`;
  }
}
