import { type Figure, report } from '../report.ts';
import { BenchShard } from './bench-shard.ts';
import { heapBytes } from './heap-bytes.ts';
import { type Book, openBook } from './open-book.ts';

// What is reachable after garbage collection with the positions open, less what was before: the positions, their share
// of accounts' holdings and margin guards, and their levels.

const POSITIONS = 1_000_000;
const GOAL_BYTES = 400;

function bytesAPosition(accounts: number, book: Pick<Book, 'instrumentsEach' | 'withLevels'>): number {
  const bench = new BenchShard();
  const accountIds = bench.openAccounts(accounts, 1_000_000);
  // The memory of orders for retries is bounded; it is filled before, not to be counted.
  openBook(bench, { positions: 2_000, accountIds, instrumentsEach: 1, withLevels: false });
  for (const accountId of accountIds) bench.decide({ type: 'close-all-positions', at: 0, accountId });
  bench.expectOpen(0);
  const before = heapBytes();
  openBook(bench, { positions: POSITIONS, accountIds, ...book });
  bench.expectOpen(POSITIONS);
  const bytes = (heapBytes() - before) / POSITIONS;
  // Keeps the shard from being collected before it is weighed.
  bench.expectOpen(POSITIONS);
  return bytes;
}

const figure = (what: string, accounts: number, instrumentsEach: number, withLevels: boolean): Figure => ({
  what,
  value: bytesAPosition(accounts, { instrumentsEach, withLevels }),
  unit: 'B/position',
  limit: { name: 'at most', value: GOAL_BYTES },
});

report('Memory at 1,000,000 open positions', [
  figure('10 an account in 2 instruments', 100_000, 2, false),
  figure('the same with stop loss and take profit', 100_000, 2, true),
  figure('5 an account in 5 instruments', 200_000, 5, false),
  figure('the same with stop loss and take profit', 200_000, 5, true),
]);
