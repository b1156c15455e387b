import { randomUUID } from 'node:crypto';
import { type ClosePosition, decide, type PlaceOrder, receiveQuote, type Shard, steps } from '@repo/trading-core';
import { type Figure, quantile, report } from '../report.ts';
import { BenchShard, expectCount } from './bench-shard.ts';
import { BENCH_AT, benchInstruments, instrumentAt } from './instruments.ts';
import { openBook } from './open-book.ts';
import { seededRandom, shuffled } from './random.ts';

// Commands are read from JSON before the clock starts, as a service gets them: every string is one that the core has
// not met. Prices move by a tick or two every 20 commands, at the cost of the commands.

const ACCOUNTS = 10_000;
const POSITIONS_HELD = 30_000;
const ORDERS_A_ROUND = 100_000;
/** So many are opened before the first of them is closed. */
const ORDERS_A_BLOCK = 1_000;
const COMMANDS_A_QUOTE = 20;
const WARM_UPS = 3;
const ROUNDS = 9;
const GOAL_A_SECOND = 1_000_000;

const random = seededRandom(7);
const bench = new BenchShard(4_096);
const { shard } = bench;
const accountIds = bench.openAccounts(ACCOUNTS, 1_000_000);
openBook(bench, { positions: POSITIONS_HELD, accountIds, instrumentsEach: 3, withLevels: true });

function openings(): PlaceOrder[] {
  const orders = Array.from({ length: ORDERS_A_ROUND }, (): PlaceOrder => {
    const { terms, quantity } = instrumentAt(Math.floor(random() * 5));
    return {
      type: 'place-order',
      at: BENCH_AT,
      accountId: accountIds[Math.floor(random() * ACCOUNTS)] as string,
      clientOrderId: randomUUID(),
      asset: terms.asset,
      side: random() < 0.5 ? 'buy' : 'sell',
      orderType: 'market',
      quantity: steps(1 + Math.floor(random() * quantity)),
    };
  });
  return JSON.parse(JSON.stringify(orders)) as PlaceOrder[];
}

/** Block by block the orders, then, in random order, the closing of what they will have opened. */
function withClosings(orders: readonly PlaceOrder[]): readonly (PlaceOrder | ClosePosition)[] {
  const commands: (PlaceOrder | ClosePosition)[] = [];
  for (let start = 0; start < orders.length; start += ORDERS_A_BLOCK) {
    const block = orders.slice(start, start + ORDERS_A_BLOCK);
    const closings = shuffled(block.length, random).map((index): ClosePosition => {
      const { accountId } = block[index] as PlaceOrder;
      return { type: 'close-position', at: BENCH_AT, accountId, positionId: shard.nextPositionId + start + index };
    });
    commands.push(...block, ...(JSON.parse(JSON.stringify(closings)) as ClosePosition[]));
  }
  return commands;
}

function quotes() {
  return Array.from({ length: (2 * ORDERS_A_ROUND) / COMMANDS_A_QUOTE }, (_, index) => {
    const { terms, bid } = instrumentAt(index);
    return bench.nextQuote(terms.asset, bid + Math.floor(random() * 5) - 2);
  });
}

/** Commands a second, and how many of them had the events of a fill. */
function round(): { readonly rate: number; readonly fills: number } {
  const commands = withClosings(openings());
  const moves = quotes();
  const started = performance.now();
  const fills = run(shard, commands, moves);
  return { rate: (commands.length / (performance.now() - started)) * 1000, fills };
}

function run(on: Shard, commands: readonly (PlaceOrder | ClosePosition)[], moves: ReturnType<typeof quotes>): number {
  let fills = 0;
  let sinceQuote = 0;
  let move = 0;
  for (const command of commands) {
    const outcome = decide(on, command);
    if (outcome.type === 'accepted') {
      for (const { type } of outcome.events) if (type === 'position-opened' || type === 'position-closed') fills += 1;
    }
    sinceQuote += 1;
    if (sinceQuote < COMMANDS_A_QUOTE) continue;
    sinceQuote = 0;
    const quote = moves[move];
    move += 1;
    if (quote !== undefined) receiveQuote(on, quote);
  }
  return fills;
}

const rates: number[] = [];
for (let index = 0; index < WARM_UPS + ROUNDS; index += 1) {
  const { rate, fills } = round();
  expectCount('fills', fills, 2 * ORDERS_A_ROUND);
  bench.expectOpen(POSITIONS_HELD);
  if (index >= WARM_UPS) rates.push(rate);
}

const figure = (what: string, share: number): Figure => ({
  what,
  value: quantile(rates, share),
  unit: 'commands/s',
  limit: { name: 'at least', value: GOAL_A_SECOND },
});
report(
  `Market orders open + close: ${ACCOUNTS.toLocaleString('en-US')} accounts, ${benchInstruments.length} instruments, ${POSITIONS_HELD.toLocaleString('en-US')} other positions open`,
  [figure('median round', 0.5), figure('slowest round', 0), figure('fastest round', 1)],
);
