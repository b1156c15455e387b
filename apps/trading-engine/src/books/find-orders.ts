import type { OrderTerms, RecentOrder } from '@repo/trading-core';
import type { Pool } from 'pg';

/** Orders by their clients' names, as they were placed. */
export async function findOrders(
  pool: Pick<Pool, 'query'>,
  names: readonly { readonly accountId: string; readonly clientOrderId: string }[],
): Promise<readonly RecentOrder[]> {
  const { rows } = await pool.query<{ id: string; account_id: string; terms: OrderTerms }>(
    `select id, account_id, terms from orders
     join unnest($1::uuid[], $2::text[]) as name(account, client) on account_id = account and client_order_id = client`,
    [names.map(({ accountId }) => accountId), names.map(({ clientOrderId }) => clientOrderId)],
  );
  return rows.map(({ id, account_id, terms }) => ({ accountId: account_id, orderId: Number(id), terms }));
}
