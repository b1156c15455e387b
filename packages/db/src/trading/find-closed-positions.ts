import type { FillRule, PositionSide } from '@repo/trading-core';
import type { BookReader, ClosedPositionRecord } from './book-reader.ts';
import type { RowSource } from './read-snapshot.ts';

interface Row {
  shard: number;
  id: string;
  asset: string;
  side: PositionSide;
  realized_pnl: string;
  swap: string;
  commission: string;
  opened_at_ms: string;
  closed_at_ms: string;
  quantity: string;
  open_cost: string;
  close_cost: string;
  closed_by: FillRule;
}

export async function findClosedPositions(
  source: RowSource,
  { accountId, asset, before, limit }: Parameters<BookReader['findClosedPositions']>[0],
): Promise<readonly ClosedPositionRecord[]> {
  const values: unknown[] = [accountId, limit];
  const conditions: string[] = [];
  if (asset !== undefined) conditions.push(`and asset = $${values.push(asset)}`);
  if (before !== undefined) {
    const place = values.push(new Date(before.closedAt), before.id);
    conditions.push(`and (closed_at, id) < ($${place - 1}, $${place})`);
  }
  // Sums may leave the 64 bits of a bigint; numeric has no end.
  const { rows } = await source.query<Row>(
    `select p.shard, p.id, p.asset, p.side, p.realized_pnl, p.swap, p.commission,
       (extract(epoch from p.opened_at) * 1000)::bigint as opened_at_ms,
       (extract(epoch from p.closed_at) * 1000)::bigint as closed_at_ms,
       f.quantity, f.open_cost, f.close_cost, f.closed_by
     from (
       select * from positions where account_id = $1 and closed_at is not null ${conditions.join(' ')}
       order by closed_at desc, id desc limit $2
     ) p
     cross join lateral (
       select sum(quantity) filter (where opens)::text as quantity,
         sum(price::numeric * quantity) filter (where opens)::text as open_cost,
         sum(price::numeric * quantity) filter (where not opens)::text as close_cost,
         (array_agg(rule order by id desc))[1] as closed_by
       from (
         select *, (side = 'buy') = (p.side = 'long') as opens from fills
         where shard = p.shard and position_id = p.id
       ) of_position
     ) f
     order by p.closed_at desc, p.id desc`,
    values,
  );
  return rows.map((row) => ({
    shard: row.shard,
    id: Number(row.id),
    accountId,
    asset: row.asset,
    side: row.side,
    quantity: BigInt(row.quantity),
    openCost: BigInt(row.open_cost),
    closeCost: BigInt(row.close_cost),
    closedBy: row.closed_by,
    realizedPnl: Number(row.realized_pnl),
    swap: Number(row.swap),
    commission: Number(row.commission),
    openedAt: Number(row.opened_at_ms),
    closedAt: Number(row.closed_at_ms),
  }));
}
