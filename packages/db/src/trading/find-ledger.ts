import type { Fill } from '@repo/trading-core';
import type { BookReader, LedgerRecord, StatementRecord, StatementRecords } from './book-reader.ts';
import type { RowSource } from './read-snapshot.ts';

interface EntryRow {
  shard: number;
  sequence: string;
  line: number;
  amount: string;
  cause: string;
  at_ms: string;
}

interface StatementRow extends EntryRow {
  asset: string | null;
  side: Fill['side'];
  quantity: string;
  price: string;
  rule: Fill['rule'];
  realized_pnl: string;
  swap_asset: string | null;
  reason: string | null;
}

const entryColumns = `e.shard, e.sequence, e.line, e.amount, t.cause,
  (extract(epoch from t.at) * 1000)::bigint as at_ms`;
// By the shard too: an account's entries are ordered within it.
const ownEntries = `ledger_entries e join ledger_transactions t using (shard, sequence)
  where e.account = 'client:' || $1 and e.shard = (select shard from accounts where id = $1::text::uuid)`;

export async function findLedger(
  source: RowSource,
  { accountId, before, limit }: Parameters<BookReader['findLedger']>[0],
): Promise<readonly LedgerRecord[]> {
  const after = before && [before.sequence, before.line];
  const { rows } = await source.query<EntryRow>(
    `select ${entryColumns} from (
       select * from ledger_entries
       where account = 'client:' || $1 and shard = (select shard from accounts where id = $1::text::uuid)
         ${after ? 'and (sequence, line) < ($3, $4)' : ''}
       order by sequence desc, line desc limit $2
     ) e
     join ledger_transactions t using (shard, sequence)
     order by e.sequence desc, e.line desc`,
    [accountId, limit, ...(after ?? [])],
  );
  return rows.map(ledgerRecord);
}

/** By the times of the transactions: what one period ends with, the next one begins with, whatever a clock did. */
export async function readStatement(
  source: RowSource,
  { accountId, from, to, limit }: Parameters<BookReader['readStatement']>[0],
): Promise<StatementRecords> {
  const opening = await source.query<{ balance: string }>(
    `select coalesce(sum(e.amount), 0) as balance from ${ownEntries} and t.at < $2`,
    [accountId, new Date(from)],
  );
  const { rows } = await source.query<StatementRow>(
    `with own as (
       select ${entryColumns}, split_part(t.cause, ':', 1) as kind, split_part(t.cause, ':', 2)::bigint as number
       from ${ownEntries} and t.at >= $2 and t.at < $3 order by e.sequence, e.line limit $4
     )
     select own.*, f.asset, f.side, f.quantity, f.price, f.rule, f.realized_pnl, p.asset as swap_asset,
       v.data ->> 'reason' as reason
     from own
     left join fills f on kind = 'fill' and f.shard = own.shard and f.id = number
     left join positions p on kind = 'swap' and p.shard = own.shard and p.id = number
     left join trade_events v on kind = 'adjustment' and v.shard = own.shard and v.sequence = number
     order by own.sequence, own.line`,
    [accountId, new Date(from), new Date(to), limit + 1],
  );
  return { openingBalance: Number(opening.rows[0]?.balance), entries: rows.map(statementRecord) };
}

function ledgerRecord({ shard, sequence, line, amount, cause, at_ms }: EntryRow): LedgerRecord {
  return { shard, sequence: Number(sequence), line, amount: Number(amount), cause, at: Number(at_ms) };
}

function statementRecord(row: StatementRow): StatementRecord {
  const { asset, side, rule } = row;
  const numbers = { quantity: Number(row.quantity), price: Number(row.price), realizedPnl: Number(row.realized_pnl) };
  return {
    ...ledgerRecord(row),
    fill: asset === null ? null : ({ asset, side, rule, ...numbers } as StatementRecord['fill']),
    swapAsset: row.swap_asset,
    reason: row.reason,
  };
}
