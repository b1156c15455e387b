import { and, asc, eq, isNull } from 'drizzle-orm';
import { withUnavailableNamed } from '../database-unavailable.ts';
import type { DatabaseHandle } from '../port.ts';
import { accounts, orders, positions } from '../trading-tables.ts';

/** What never changes of an account. */
export interface AccountRecord {
  readonly id: string;
  readonly userId: string;
  readonly shard: number;
  readonly mode: 'hedging' | 'netting';
  readonly profile: string;
  /** ms since the epoch. */
  readonly openedAt: number;
}

/** What never changes of an order or a position, whatever becomes of it. */
export interface ItemRecord {
  readonly accountId: string;
  readonly asset: string;
}

/** Whose is what. Rejects with `DatabaseUnavailableError` when the server is away. */
export interface AccountFinder {
  /** Oldest first. */
  accountsOf(userId: string): Promise<readonly AccountRecord[]>;
  findOrder(shard: number, id: number): Promise<ItemRecord | undefined>;
  findPosition(shard: number, id: number): Promise<ItemRecord | undefined>;
  /** In micros; of an account that is there. */
  balanceOf(accountId: string): Promise<number>;
  /** Open positions of an account, or those in one asset, oldest first. */
  openPositionsOf(accountId: string, asset?: string): Promise<readonly { shard: number; id: number }[]>;
}

export function createAccountFinder({ db }: Pick<DatabaseHandle, 'db'>): AccountFinder {
  const item = async (table: typeof orders | typeof positions, shard: number, id: number) => {
    const [found] = await db
      .select({ accountId: table.accountId, asset: table.asset })
      .from(table)
      .where(and(eq(table.shard, shard), eq(table.id, id)));
    return found;
  };
  return {
    accountsOf: (userId) =>
      withUnavailableNamed(async () => {
        const { id, shard, mode, profile, openedAt } = accounts;
        const rows = await db
          .select({ id, userId: accounts.userId, shard, mode, profile, openedAt })
          .from(accounts)
          .where(eq(accounts.userId, userId))
          .orderBy(asc(openedAt), asc(id));
        return rows.map((row) => ({ ...row, openedAt: row.openedAt.getTime() }));
      }),
    findOrder: (shard, id) => withUnavailableNamed(() => item(orders, shard, id)),
    findPosition: (shard, id) => withUnavailableNamed(() => item(positions, shard, id)),
    balanceOf: (accountId) =>
      withUnavailableNamed(async () => {
        const [row] = await db.select({ balance: accounts.balance }).from(accounts).where(eq(accounts.id, accountId));
        if (row === undefined) throw new RangeError(`there is no account ${accountId}`);
        return row.balance;
      }),
    openPositionsOf: (accountId, asset) =>
      withUnavailableNamed(() =>
        db
          .select({ shard: positions.shard, id: positions.id })
          .from(positions)
          .where(
            and(
              eq(positions.accountId, accountId),
              isNull(positions.closedAt),
              asset === undefined ? undefined : eq(positions.asset, asset),
            ),
          )
          .orderBy(asc(positions.id)),
      ),
  };
}
