import { type Figure, report } from '../report.ts';
import { BenchShard } from './bench-shard.ts';
import { heapBytes } from './heap-bytes.ts';
import { BENCH_AT } from './instruments.ts';
import { openBook } from './open-book.ts';

// What has closed leaves nothing behind.

const POSITIONS = 1_000_000;
const ACCOUNTS = 100_000;
const ROUNDS = 5;
const MEGABYTE = 2 ** 20;

const bench = new BenchShard();
const accountIds = bench.openAccounts(ACCOUNTS, 1_000_000);
const open: number[] = [];
const closed: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  openBook(bench, { positions: POSITIONS, accountIds, instrumentsEach: 2, withLevels: true });
  bench.expectOpen(POSITIONS);
  open.push(heapBytes());
  for (const accountId of accountIds) bench.decide({ type: 'close-all-positions', at: BENCH_AT, accountId });
  bench.expectOpen(0);
  closed.push(heapBytes());
}

const figure = (what: string, heaps: readonly number[]): Figure => ({
  what,
  value: (heaps.at(-1) ?? 0) / MEGABYTE,
  unit: 'MB',
  limit: { name: 'after the first round', value: (heaps[0] ?? 0) / MEGABYTE },
});
report(`Heap after ${ROUNDS} rounds of opening and closing 1,000,000 positions`, [
  figure('all open', open),
  figure('all closed', closed),
]);
