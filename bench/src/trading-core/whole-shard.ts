import {
  type Accepted,
  conservationReport,
  hashShard,
  loadShard,
  type ShardSnapshot,
  snapshotShard,
} from '@repo/trading-core';
import { type Figure, quantile, report } from '../report.ts';
import { BenchShard, expectCount } from './bench-shard.ts';
import { BENCH_AT } from './instruments.ts';
import { openBook } from './open-book.ts';

// What looks at every position: the end of a day, and a shard that is saved, loaded and compared.

const DAY_MS = 86_400_000;
const ROLLED_OVER = 1_000_000;
const SAVED = 100_000;

function openedShard(positions: number, accounts: number): BenchShard {
  const bench = new BenchShard();
  const accountIds = bench.openAccounts(accounts, 1_000_000);
  openBook(bench, { positions, accountIds, instrumentsEach: 2, withLevels: true });
  bench.expectOpen(positions);
  return bench;
}

function timed<Result>(action: () => Result): { readonly result: Result; readonly milliseconds: number } {
  const started = performance.now();
  const result = action();
  return { result, milliseconds: performance.now() - started };
}

function expectSwaps({ events }: Accepted, count: number): void {
  expectCount('swaps', events.filter(({ type }) => type === 'swap-charged').length, count);
  expectCount('days', events.filter(({ type }) => type === 'trading-day-ended').length, 1);
}

function measureRollover(): Figure[] {
  const bench = openedShard(ROLLED_OVER, 100_000);
  const days = [1, 2, 3].map((day) => {
    const { result, milliseconds } = timed(() => bench.decide({ type: 'advance-time', at: BENCH_AT + day * DAY_MS }));
    expectSwaps(result, ROLLED_OVER);
    return milliseconds;
  });
  return [{ what: 'swaps of 1,000,000 positions', value: quantile(days, 0.5), unit: 'ms' }];
}

function measureSnapshot(): Figure[] {
  const { shard } = openedShard(SAVED, 10_000);
  const hashed = timed(() => hashShard(shard));
  const saved = timed(() => snapshotShard(shard));
  const written = timed(() => JSON.stringify(saved.result));
  const read = timed(() => JSON.parse(written.result) as ShardSnapshot);
  const loaded = timed(() => loadShard(shard.options, read.result));
  const conserved = timed(() => conservationReport(loaded.result));
  expectCount('positions loaded', loaded.result.positions.size, SAVED);
  expectCount('sum of the ledger', Number(conserved.result.sum), 0);
  expectCount('faults', conserved.result.faults.length, 0);
  if (hashShard(loaded.result) !== hashed.result) throw new Error('another hash after loading');
  const figure = (what: string, { milliseconds }: { readonly milliseconds: number }): Figure => ({
    what: `100,000 positions: ${what}`,
    value: milliseconds,
    unit: 'ms',
  });
  return [
    figure('hash', hashed),
    figure('snapshot', saved),
    figure('snapshot to JSON', written),
    figure('snapshot from JSON', read),
    figure('load', loaded),
    figure('conservation report', conserved),
  ];
}

report('Whole shards', [...measureRollover(), ...measureSnapshot()]);
