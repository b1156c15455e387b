import type { Books, PositionRow } from './books.ts';
import type { Finding } from './finding.ts';
import type { PositionModel, ShardModel } from './shard-model.ts';

/** Whether the rows of a shard are what its events say. */
export function compareRows(
  books: Books,
  shard: number,
  model: ShardModel,
  deltas: ReadonlyMap<number, { readonly account: string; readonly amount: bigint }>,
): Finding[] {
  return [
    ...compareAccounts(books, shard, model),
    ...compareOrders(books, shard, model),
    ...comparePositions(books, shard, model),
    ...compareFills(books, shard),
    ...compareLedger(books, shard, deltas),
  ];
}

function compareAccounts(books: Books, shard: number, model: ShardModel): Finding[] {
  const rows = new Map(books.accounts.filter((row) => row.shard === shard).map((row) => [row.id, row]));
  const findings: Finding[] = [];
  for (const { id, balance } of model.accounts.values()) {
    const row = rows.get(id);
    rows.delete(id);
    if (row?.balance !== balance) {
      findings.push({ invariant: 2, what: `balance of ${id} is not what its events say`, rows: { row, balance } });
    }
  }
  for (const row of rows.values()) findings.push({ invariant: 5, what: 'an account that nobody opened', rows: row });
  return findings;
}

function compareOrders(books: Books, shard: number, model: ShardModel): Finding[] {
  const rows = new Map(books.orders.filter((row) => row.shard === shard).map((row) => [row.id, row]));
  const findings: Finding[] = [];
  for (const { id, account, status, terms } of model.orders.values()) {
    const row = rows.get(id);
    rows.delete(id);
    if (row?.status !== status || row.account !== account || row.clientOrderId !== terms.clientOrderId) {
      findings.push({
        invariant: 3,
        what: `order ${shard}-${id} is ${row?.status}, by its events ${status}`,
        rows: row,
      });
    }
  }
  for (const row of rows.values()) findings.push({ invariant: 3, what: 'an order that was never accepted', rows: row });
  return findings;
}

function comparePositions(books: Books, shard: number, model: ShardModel): Finding[] {
  const rows = new Map(books.positions.filter((row) => row.shard === shard).map((row) => [row.id, row]));
  const findings: Finding[] = [];
  for (const position of [...model.positions.values(), ...model.closed.values()]) {
    const row = rows.get(position.id);
    rows.delete(position.id);
    if (row === undefined || !isAlike(row, position)) {
      findings.push({ invariant: 2, what: `position ${shard}-${position.id} differs`, rows: { row, position } });
    }
  }
  for (const row of rows.values()) findings.push({ invariant: 5, what: 'a position that was never opened', rows: row });
  return findings;
}

function isAlike(row: PositionRow, position: PositionModel): boolean {
  const fields = ['account', 'asset', 'side', 'quantity', 'cost', 'commission', 'swap', 'realizedPnl'] as const;
  return fields.every((field) => row[field] === position[field]);
}

function compareFills(books: Books, shard: number): Finding[] {
  const rows = new Map(books.fills.filter((row) => row.shard === shard).map((row) => [row.id, row]));
  const findings: Finding[] = [];
  for (const { shard: of, sequence, data } of books.events) {
    if (of !== shard || !('fill' in data)) continue;
    const { fill } = data;
    const row = rows.get(fill.id);
    rows.delete(fill.id);
    const isAlikeFill =
      row !== undefined &&
      row.sequence === sequence &&
      row.account === data.accountId &&
      row.order === fill.orderId &&
      row.position === fill.positionId &&
      row.side === fill.side &&
      row.rule === fill.rule &&
      row.quantity === BigInt(fill.quantity) &&
      row.price === BigInt(fill.price) &&
      row.realizedPnl === BigInt(fill.realizedPnl) &&
      row.commission === BigInt(fill.commission);
    if (!isAlikeFill) findings.push({ invariant: 5, what: `fill ${shard}-${fill.id} differs`, rows: { row, fill } });
  }
  for (const row of rows.values()) findings.push({ invariant: 5, what: 'a fill that no event has', rows: row });
  return findings;
}

/** Each event's money is booked with the client by it, and nothing else is. */
function compareLedger(
  books: Books,
  shard: number,
  deltas: ReadonlyMap<number, { readonly account: string; readonly amount: bigint }>,
): Finding[] {
  const booked = new Map<number, Map<string, bigint>>();
  for (const entry of books.entries) {
    if (entry.shard !== shard || !entry.account.startsWith('client:')) continue;
    const sums = booked.get(entry.sequence) ?? new Map<string, bigint>();
    const account = entry.account.slice('client:'.length);
    booked.set(entry.sequence, sums.set(account, (sums.get(account) ?? 0n) + entry.amount));
  }
  const findings: Finding[] = [];
  for (const [sequence, { account, amount }] of deltas) {
    const sums = booked.get(sequence);
    booked.delete(sequence);
    if (sums?.get(account) !== amount || sums.size !== 1) {
      const rows = { expected: amount, booked: [...(sums ?? [])] };
      findings.push({ invariant: 1, what: `the ledger of event ${shard}-${sequence} is not its money`, rows });
    }
  }
  for (const [sequence, sums] of booked) {
    findings.push({ invariant: 5, what: `money was booked without a cause at ${shard}-${sequence}`, rows: [...sums] });
  }
  return findings;
}
