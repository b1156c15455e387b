import { type Accepted, conservationReport, ticks } from '@repo/trading-core';
import { type Figure, quantile, report } from '../report.ts';
import { BenchShard, expectCount } from './bench-shard.ts';
import { instrumentAt } from './instruments.ts';
import { naiveBook } from './naive-book.ts';
import { naiveQuote } from './naive-broker.ts';

// One quote that has much to do. Each round opens again what the round before has closed.

const STOPS = 10_000;
const OTHERS = 90_000;
const STOPPED_OUT = 500;
const POSITIONS_EACH = 4;
const WARM_UPS = 3;
const ROUNDS = 9;

const { terms, bid, spread, quantity } = instrumentAt(0);
const { asset } = terms;
const lowered = Math.floor(bid * 0.9);

function countEvents({ events }: Accepted, type: Accepted['events'][number]['type']): number {
  return events.filter((event) => event.type === type).length;
}

function timed(action: () => Accepted): { readonly milliseconds: number; readonly accepted: Accepted } {
  const started = performance.now();
  const accepted = action();
  return { milliseconds: performance.now() - started, accepted };
}

function expectBalanced({ shard }: BenchShard): void {
  const { sum, faults } = conservationReport(shard);
  if (sum !== 0n || faults.length > 0) throw new Error(`the books do not balance: ${sum}, ${faults.join(', ')}`);
}

/** Stops between the old price and the new one, on as many accounts, among positions that are not touched. */
function measureStops(): { readonly core: number; readonly naive: number } {
  const bench = new BenchShard();
  const accountIds = bench.openAccounts(STOPS, 1_000_000);
  const open = (count: number, share: number) => {
    for (let index = 0; index < count; index += 1) {
      const stopLoss = ticks(Math.floor(bid * share) + (index % 1_000));
      bench.place({ accountId: accountIds[index % STOPS] as string, asset, side: 'buy', quantity, stopLoss });
    }
  };
  open(OTHERS, 0.5);
  const core: number[] = [];
  const naive: number[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    open(STOPS, 0.95);
    const book = naiveBook(bench.shard);
    const { milliseconds, accepted } = timed(() => bench.quote(asset, lowered));
    expectCount('stops', countEvents(accepted, 'position-closed'), STOPS);
    expectCount('events', accepted.events.length, STOPS);
    bench.expectOpen(OTHERS);
    const started = performance.now();
    expectCount('naive stops', naiveQuote(book, asset, lowered, lowered + spread), STOPS);
    if (round >= WARM_UPS) {
      core.push(milliseconds);
      naive.push(performance.now() - started);
    }
    bench.quote(asset, bid);
  }
  expectBalanced(bench);
  return { core: quantile(core, 0.5), naive: quantile(naive, 0.5) };
}

/** Accounts that the gap leaves below nothing, with a pending order each. */
function measureStopOuts(): number {
  const bench = new BenchShard();
  const samples: number[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    // Each position is worth about 960, so that four of them use some 192 of 250.
    for (const accountId of bench.openAccounts(STOPPED_OUT, 250, `round-${round}`)) {
      for (let index = 0; index < POSITIONS_EACH; index += 1) bench.place({ accountId, asset, side: 'buy', quantity });
      bench.place({ accountId, asset, side: 'buy', quantity, orderType: 'limit', limitPrice: ticks(bid >> 1) });
    }
    const { milliseconds, accepted } = timed(() => bench.quote(asset, lowered));
    expectCount('stop-outs', countEvents(accepted, 'account-stopped-out'), STOPPED_OUT);
    expectCount('closes', countEvents(accepted, 'position-closed'), STOPPED_OUT * POSITIONS_EACH);
    expectCount('cancellations', countEvents(accepted, 'order-cancelled'), STOPPED_OUT);
    expectCount('write-offs', countEvents(accepted, 'negative-balance-written-off'), STOPPED_OUT);
    bench.expectOpen(0);
    if (round >= WARM_UPS) samples.push(milliseconds);
    bench.quote(asset, bid);
  }
  expectBalanced(bench);
  return quantile(samples, 0.5);
}

const stops = measureStops();
const stopOuts = measureStopOuts();
const count = (value: number) => value.toLocaleString('en-US');
const figures: Figure[] = [
  {
    what: `${count(STOPS)} stops among ${count(STOPS + OTHERS)} positions`,
    value: stops.core,
    unit: 'ms',
    limit: { name: 'naive loop', value: stops.naive },
  },
  { what: 'one stop', value: (stops.core / STOPS) * 1000, unit: 'µs' },
  { what: `${STOPPED_OUT} accounts of ${POSITIONS_EACH} positions stopped out`, value: stopOuts, unit: 'ms' },
  { what: 'one stop-out', value: (stopOuts / STOPPED_OUT) * 1000, unit: 'µs' },
];
report('Gaps: one quote, with ledger, margin and write-offs (the naive loop has none of these)', figures);
