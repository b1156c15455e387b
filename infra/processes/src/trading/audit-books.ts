import { auditEvents } from './audit-events.ts';
import { auditLedger } from './audit-ledger.ts';
import { auditOrders } from './audit-orders.ts';
import type { Books } from './books.ts';
import type { Finding } from './finding.ts';
import type { Published } from './published.ts';

/** Everything that the books alone, and the prices that were published, say. Needs the events. */
export function auditBooks(books: Books, published: Published): Finding[] {
  const conflicts = published.conflicts.map((rows) => ({
    invariant: 5,
    what: 'a sequence of a price was published twice, with different prices',
    rows,
  }));
  return [...auditLedger(books), ...auditOrders(books), ...auditEvents(books, published), ...conflicts];
}
