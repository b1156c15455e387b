import { parseArgs } from 'node:util';
import { quantile, report } from '../report.ts';
import type { BareInserts } from './bare-inserts.ts';
import { command, type EngineStack, startEngineStack } from './engine-stack.ts';

// Market orders on the log until they are committed: read, decided, and written with all that they do. Beside it the
// same rows by the bare client, as many at once and on as many connections, with nothing decided and nothing read.
// Both wait for the disk at each commit. In turns, on tables that hold what the turns before have left.

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '4' } },
});
const orders = Number(values.orders);
const rounds = Number(values.rounds);
const ACCOUNTS = 240;
const GOAL_SHARE = 0.6;

const stack = await startEngineStack();
const rates: { engine: number[]; bare: number[]; ordersACommit: number[] } = {
  engine: [],
  bare: [],
  ordersACommit: [],
};
let rowsAnOrder = 0;
try {
  const engine = await stack.start();
  await engine.open;
  const accountIds = await stack.openAccounts(ACCOUNTS);
  const bare = await stack.bareInserts();
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const before = await commits();
    const rate = await measureEngine(stack, accountIds, round);
    const ordersACommit = orders / ((await commits()) - before);
    const bareRate = await measureBare(bare, ordersACommit);
    if (round === 0) continue;
    rates.engine.push(rate);
    rates.bare.push(bareRate);
    rates.ordersACommit.push(ordersACommit);
  }

  async function commits(): Promise<number> {
    const text = await engine.metrics.metrics();
    return Number(/^cfd_trading_engine_commit_seconds_count (\d+)/m.exec(text)?.[1]);
  }
} finally {
  await stack.close();
}

async function measureEngine(engines: EngineStack, accountIds: readonly string[], round: number): Promise<number> {
  const commands = Array.from({ length: orders }, (_, index) =>
    command(accountIds[index % accountIds.length] as string, 'place-order', {
      clientOrderId: `${round}-${index}`,
      asset: 'SOL_USDC',
      side: Math.floor(index / accountIds.length) % 2 === 0 ? 'buy' : 'sell',
      orderType: 'market',
      quantity: '0.1',
    }),
  );
  const begun = performance.now();
  await engines.carryOut(commands);
  return (orders * 1_000) / (performance.now() - begun);
}

/** Takes the rows of the engine's round, and inserts them again. */
async function measureBare(bare: BareInserts, ordersACommit: number): Promise<number> {
  const taken = await bare.take(Math.max(1, Math.round(ordersACommit)));
  if (taken.orders !== orders) throw new Error(`${taken.orders} orders were filled instead of ${orders}`);
  rowsAnOrder = taken.rows / orders;
  const begun = performance.now();
  await bare.insert(taken);
  return (orders * 1_000) / (performance.now() - begun);
}

const bareRate = quantile(rates.bare, 0.5);
report(
  `Durable orders: ${orders.toLocaleString('en-US')} market orders a round on 12 shards, ${rounds} rounds in turns, medians`,
  [
    { what: 'rows an order', value: rowsAnOrder, unit: 'rows' },
    { what: 'orders a commit', value: quantile(rates.ordersACommit, 0.5), unit: 'orders' },
    { what: 'bare UNNEST inserts of the same rows', value: bareRate, unit: 'orders/s' },
    {
      what: 'through the engine',
      value: quantile(rates.engine, 0.5),
      unit: 'orders/s',
      limit: { name: `${GOAL_SHARE} × bare =`, value: GOAL_SHARE * bareRate },
    },
  ],
);
