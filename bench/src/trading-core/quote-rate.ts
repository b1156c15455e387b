import { type Market, type Quote, receiveQuote, type Shard } from '@repo/trading-core';
import { type Figure, quantile, report } from '../report.ts';
import { BenchShard, expectCount } from './bench-shard.ts';
import { benchInstruments, instrumentAt } from './instruments.ts';
import { naiveBook } from './naive-book.ts';
import { naiveQuote } from './naive-broker.ts';
import { openBook } from './open-book.ts';
import { seededRandom } from './random.ts';

// Quotes that reach no level and leave no guard. All sizes are measured in turns, so that whatever disturbs the machine
// disturbs them alike.

const SIZES = [
  { positions: 1_000, accounts: 1_000 },
  { positions: 100_000, accounts: 100_000 },
  { positions: 1_000_000, accounts: 100_000 },
];
const QUOTES_A_ROUND = 500_000;
const WARM_UPS = 2;
const ROUNDS = 9;
const NAIVE_MS = 1_500;
const GOAL_A_SECOND = 20_000_000;
const GOAL_GROWTH = 2;

interface Sample {
  readonly name: string;
  readonly bench: BenchShard;
  readonly rates: number[];
  readonly naiveRate: number;
}

const random = seededRandom(3);
const samples = SIZES.map(({ positions, accounts }): Sample => {
  const bench = new BenchShard();
  const accountIds = bench.openAccounts(accounts, 100_000);
  openBook(bench, { positions, accountIds, instrumentsEach: 2, withLevels: true });
  bench.expectOpen(positions);
  return { name: positions.toLocaleString('en-US'), bench, rates: [], naiveRate: naiveRateOn(bench) };
});

/** Each price is within 0.1 % of where the positions were opened. */
function nextBid(index: number): number {
  const { bid } = instrumentAt(index);
  return bid + Math.round((random() - 0.5) * 0.002 * bid);
}

function quotesFor(bench: BenchShard, count: number): Quote[] {
  return Array.from({ length: count }, (_, index) => bench.nextQuote(instrumentAt(index).terms.asset, nextBid(index)));
}

function naiveRateOn({ shard }: BenchShard): number {
  const open = naiveBook(shard);
  const started = performance.now();
  let quotes = 0;
  do {
    const { terms, spread } = instrumentAt(quotes);
    const bid = nextBid(quotes);
    expectCount('naive closes', naiveQuote(open, terms.asset, bid, bid + spread), 0);
    quotes += 1;
  } while (performance.now() - started < NAIVE_MS);
  return (quotes / (performance.now() - started)) * 1000;
}

function rateOn(bench: BenchShard): number {
  const quotes = quotesFor(bench, QUOTES_A_ROUND);
  const { sequence } = bench.shard;
  const started = performance.now();
  const accepted = receiveAll(bench.shard, quotes);
  const milliseconds = performance.now() - started;
  expectCount('quotes accepted', accepted, QUOTES_A_ROUND);
  expectCount('events', bench.shard.sequence - sequence, 0);
  return (QUOTES_A_ROUND / milliseconds) * 1000;
}

function receiveAll(shard: Shard, quotes: readonly Quote[]): number {
  let accepted = 0;
  for (const quote of quotes) if (receiveQuote(shard, quote).type === 'accepted') accepted += 1;
  return accepted;
}

/** The closest guards of a market must lie beyond all prices of this benchmark, else its quotes were not untouched. */
function expectGuarded({ terms, bidFloors, askCeilings, quote }: Market): void {
  const floor = bidFloors.firstLevel();
  const ceiling = askCeilings.firstLevel();
  if (quote === null || floor === undefined || ceiling === undefined) throw new Error(`${terms.asset} has no guards`);
  if (floor > quote.bid * 0.995 || ceiling < quote.ask * 1.005)
    throw new Error(`${terms.asset} is guarded too closely`);
}

for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
  for (const { bench, rates } of samples) {
    const rate = rateOn(bench);
    if (round >= WARM_UPS) rates.push(rate);
  }
}
for (const { bench } of samples) for (const market of bench.shard.markets.values()) expectGuarded(market);

const rates = samples.map((sample) => ({ ...sample, rate: quantile(sample.rates, 0.5) }));
const last = rates.at(-1);
const figures = rates.flatMap(({ name, rate, naiveRate }): Figure[] => [
  {
    what: `${name} positions`,
    value: rate,
    unit: 'quotes/s',
    limit: { name: 'naive loop', value: naiveRate },
  },
]);
if (last !== undefined) {
  figures.push({
    what: `${last.name} positions`,
    value: last.rate,
    unit: 'quotes/s',
    limit: { name: 'at least', value: GOAL_A_SECOND },
  });
}
const times = rates.map(({ rate }) => 1e9 / rate);
figures.push({
  what: 'slowest / fastest size',
  value: Math.max(...times) / Math.min(...times),
  unit: '×',
  limit: { name: 'at most', value: GOAL_GROWTH },
});
report(
  `Untouched quotes: ${benchInstruments.length} instruments, stop loss and take profit on every position`,
  figures,
);
