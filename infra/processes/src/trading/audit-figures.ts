import type { AccountSchema } from '@repo/schemas';
import type { z } from 'zod';
import type { AccountRow, Books } from './books.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Finding } from './finding.ts';
import type { Published } from './published.ts';
import { microsOf } from './units.ts';

/** 2: what the API says of an account, in quiet, is what the books and the newest prices make of it. */
export function auditFigures(
  books: Books,
  published: Published,
  told: readonly z.infer<typeof AccountSchema>[],
): Finding[] {
  const rows = new Map(books.accounts.map((row) => [row.id, row]));
  return told.flatMap((account): Finding[] => {
    const row = rows.get(account.id);
    if (row === undefined) return [{ invariant: 2, what: `account ${account.id} is not in the books` }];
    const expected = expectedOf(row, books, published);
    const { marginLevel } = account;
    const actual: Figures = {
      balance: microsOf(account.balance),
      unrealizedPnl: microsOf(account.unrealizedPnl),
      equity: microsOf(account.equity),
      usedMargin: microsOf(account.usedMargin),
      freeMargin: microsOf(account.freeMargin),
      marginLevel: marginLevel === null ? null : microsOf(marginLevel) / 10_000n,
    };
    const differs = (Object.keys(expected) as (keyof Figures)[]).filter((name) => expected[name] !== actual[name]);
    if (differs.length === 0) return [];
    return [{ invariant: 2, what: `${differs.join(', ')} of ${account.id} differ`, rows: { expected, actual } }];
  });
}

function expectedOf(row: AccountRow, books: Books, published: Published): Figures {
  const open = books.positions.filter(({ account, quantity }) => account === row.id && quantity > 0n);
  return figuresOf(row, open, (asset) => published.latest(asset));
}
