import type { Event, LedgerTransaction } from '@repo/trading-core';
import type { Books } from './books.ts';
import type { EventCursor, Fail } from './event-cursor.ts';

/** The audit of one input. */
export interface Audit {
  readonly books: Books;
  readonly cursor: EventCursor;
  readonly at: number;
  /** What the core says that an event books. */
  readonly ledgerTransaction: (event: Event) => LedgerTransaction | undefined;
  readonly fail: Fail;
  /** Accounts that the input has changed. */
  readonly touched: Set<string>;
}
