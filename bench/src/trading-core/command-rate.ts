import { randomUUID } from 'node:crypto';
import { type ClosePosition, decide, type PlaceOrder, receiveQuote, type Shard, steps } from '@repo/trading-core';
import { type Figure, quantile, report } from '../report.ts';
import { BenchShard, expectCount } from './bench-shard.ts';
import { BENCH_AT, instrumentAt } from './instruments.ts';
import { openBook } from './open-book.ts';
import { seededRandom, shuffled } from './random.ts';

// A block of orders is read from JSON, as a service gets them (every string is one that the core has not met), then
// timed: the orders, then the closing of what they opened, in random order. Prices move every 20 commands, at the cost
// of the commands.

/** As many as wait for each other in a busy service: what is timed has just been read, as it would have been there. */
const BLOCK = 100;
const BLOCKS_A_ROUND = 1_000;
const COMMANDS_A_QUOTE = 20;
const WARM_UPS = 3;
const ROUNDS = 9;
const GOAL_A_SECOND = 1_000_000;

interface Book {
  readonly accounts: number;
  readonly instruments: number;
  /** Positions that each account holds all the time, with stop loss and take profit. */
  readonly heldEach: number;
}

/** Commands a second, round by round. */
function measure({ accounts, instruments, heldEach }: Book): number[] {
  const random = seededRandom(7);
  const bench = new BenchShard(4_096);
  const { shard } = bench;
  const accountIds = bench.openAccounts(accounts, 1_000_000);
  const held = accounts * heldEach;
  if (held > 0) openBook(bench, { positions: held, accountIds, instrumentsEach: heldEach, withLevels: true });

  function order(): PlaceOrder {
    const { terms, quantity } = instrumentAt(Math.floor(random() * instruments));
    return {
      type: 'place-order',
      at: BENCH_AT,
      accountId: accountIds[Math.floor(random() * accounts)] as string,
      clientOrderId: randomUUID(),
      asset: terms.asset,
      side: random() < 0.5 ? 'buy' : 'sell',
      orderType: 'market',
      quantity: steps(1 + Math.floor(random() * quantity)),
    };
  }

  function block(): readonly (PlaceOrder | ClosePosition)[] {
    const orders = Array.from({ length: BLOCK }, order);
    const closings = shuffled(BLOCK, random).map((index): ClosePosition => {
      const { accountId } = orders[index] as PlaceOrder;
      return { type: 'close-position', at: BENCH_AT, accountId, positionId: shard.nextPositionId + index };
    });
    return JSON.parse(JSON.stringify([...orders, ...closings])) as (PlaceOrder | ClosePosition)[];
  }

  function quotes() {
    return Array.from({ length: (2 * BLOCK) / COMMANDS_A_QUOTE }, (_, index) => {
      const { terms, bid } = instrumentAt(index % instruments);
      return bench.nextQuote(terms.asset, bid + Math.floor(random() * 5) - 2);
    });
  }

  return Array.from({ length: WARM_UPS + ROUNDS }, () => {
    let spentMs = 0;
    for (let done = 0; done < BLOCKS_A_ROUND; done += 1) {
      const commands = block();
      const moves = quotes();
      const started = performance.now();
      const fills = run(shard, commands, moves);
      spentMs += performance.now() - started;
      expectCount('fills', fills, commands.length);
      bench.expectOpen(held);
    }
    return (2 * BLOCK * BLOCKS_A_ROUND * 1_000) / spentMs;
  }).slice(WARM_UPS);
}

/** @returns how many of the commands had the events of a fill. */
function run(
  on: Shard,
  commands: readonly (PlaceOrder | ClosePosition)[],
  moves: Parameters<typeof receiveQuote>[1][],
) {
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

const books: readonly Book[] = [
  { accounts: 1_000, instruments: 1, heldEach: 0 },
  { accounts: 1_000, instruments: 5, heldEach: 3 },
  { accounts: 10_000, instruments: 5, heldEach: 3 },
  { accounts: 100_000, instruments: 5, heldEach: 3 },
];
const figures = books.map((book): Figure => {
  const { accounts, instruments, heldEach } = book;
  return {
    what: `${accounts.toLocaleString('en-US')} accounts, ${instruments} instrument${instruments > 1 ? 's' : ''}, ${heldEach} positions held each`,
    value: quantile(measure(book), 0.5),
    unit: 'commands/s',
    limit: { name: 'at least', value: GOAL_A_SECOND },
  };
});
report('Market orders open + close: median of 9 rounds of 200,000 commands', figures);
