import { type Figure, report } from '../report.ts';
import { BenchShard } from './bench-shard.ts';
import { heapBytes } from './heap-bytes.ts';
import { BENCH_AT } from './instruments.ts';
import { openBook } from './open-book.ts';

// What has closed leaves nothing behind that grows. The first round also builds what the engine keeps: compiled code, and
// room in its tables.

const POSITIONS = 1_000_000;
const ACCOUNTS = 100_000;
const WARM_UPS = 1;
const ROUNDS = 5;
const MEGABYTE = 2 ** 20;

const bench = new BenchShard();
const accountIds = bench.openAccounts(ACCOUNTS, 1_000_000);
const open: number[] = [];
const closed: number[] = [];
for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
  openBook(bench, { positions: POSITIONS, accountIds, instrumentsEach: 2, withLevels: true });
  bench.expectOpen(POSITIONS);
  if (round >= WARM_UPS) open.push(heapBytes());
  for (const accountId of accountIds) bench.decide({ type: 'close-all-positions', at: BENCH_AT, accountId });
  bench.expectOpen(0);
  if (round >= WARM_UPS) closed.push(heapBytes());
}

const figure = (what: string, heaps: readonly number[]): Figure => ({
  what,
  value: (heaps.at(-1) ?? 0) / MEGABYTE,
  unit: 'MB',
  limit: { name: 'after the warm-up', value: (heaps[0] ?? 0) / MEGABYTE },
});
report(`Heap after ${ROUNDS} rounds of opening and closing 1,000,000 positions`, [
  figure('all open', open),
  figure('all closed', closed),
]);
