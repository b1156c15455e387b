import type { Books } from './books.ts';
import type { Finding } from './finding.ts';

/** 1: transactions sum to zero, and so does everything; balances are the sums of their entries. 4: one for each fill. */
export function auditLedger(books: Books): Finding[] {
  const findings: Finding[] = [];
  const perTransaction = new Map<string, bigint>();
  const clients = new Map<string, bigint>();
  const house = new Map<string, bigint>();
  for (const entry of books.entries) {
    add(perTransaction, `${entry.shard}-${entry.sequence}`, entry.amount);
    if (entry.account.startsWith('client:')) add(clients, entry.account.slice('client:'.length), entry.amount);
    else add(house, `${entry.shard} ${entry.account}`, entry.amount);
  }
  let total = 0n;
  const known = new Set(books.transactions.map(({ shard, sequence }) => `${shard}-${sequence}`));
  for (const [id, sum] of perTransaction) {
    total += sum;
    if (sum !== 0n) findings.push({ invariant: 1, what: `transaction ${id} does not sum to zero`, rows: { sum } });
    if (!known.has(id)) findings.push({ invariant: 1, what: `entries of no transaction: ${id}` });
  }
  if (total !== 0n) findings.push({ invariant: 1, what: 'the ledger does not sum to zero', rows: { total } });

  for (const { id, balance } of books.accounts) {
    const entries = clients.get(id) ?? 0n;
    clients.delete(id);
    if (balance !== entries) {
      findings.push({
        invariant: 1,
        what: `balance of ${id} is not the sum of its entries`,
        rows: { balance, entries },
      });
    }
  }
  for (const id of clients.keys()) findings.push({ invariant: 1, what: `entries of no account: ${id}` });
  for (const { shard, account, balance } of books.house) {
    const entries = house.get(`${shard} ${account}`) ?? 0n;
    if (balance !== entries) {
      const what = `${account} of shard ${shard} is not the sum of its entries`;
      findings.push({ invariant: 1, what, rows: { balance, entries } });
    }
  }
  return [...findings, ...auditCauses(books)];
}

/** One transaction a fill, one fill a transaction that names one; no cause twice. */
function auditCauses({ transactions, fills }: Books): Finding[] {
  const findings: Finding[] = [];
  const causes = new Map<string, number>();
  for (const { shard, sequence, cause } of transactions) {
    const key = `${shard} ${cause}`;
    if (causes.has(key)) findings.push({ invariant: 4, what: `two transactions have the cause ${cause} in ${shard}` });
    causes.set(key, sequence);
  }
  for (const fill of fills) {
    const key = `${fill.shard} fill:${fill.id}`;
    const sequence = causes.get(key);
    causes.delete(key);
    // A fill that moved nothing has nothing to book.
    if (sequence === undefined ? fill.realizedPnl !== 0n || fill.commission !== 0n : sequence !== fill.sequence) {
      findings.push({ invariant: 4, what: `fill ${fill.shard}-${fill.id} is not booked once`, rows: fill });
    }
  }
  for (const key of causes.keys()) {
    if (key.includes(' fill:')) findings.push({ invariant: 4, what: `a transaction for a fill that is not: ${key}` });
  }
  return findings;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
