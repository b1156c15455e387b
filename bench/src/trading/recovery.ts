import { parseArgs } from 'node:util';
import { report } from '../report.ts';
import { heapBytes } from '../trading-core/heap-bytes.ts';
import { command, startEngineStack } from './engine-stack.ts';

// One shard full of open positions, each with a stop loss and a take profit and every tenth with a trailing stop, made
// by an engine from commands and left by it. Then another engine takes it over: what it says of itself, and how long
// until it has carried out a command there. The state's memory is what is reachable with it, less what was before.

const { values } = parseArgs({ options: { positions: { type: 'string', default: '100000' } } });
const positions = Number(values.positions);
const EACH = 250;
const SHARD = 5;
const RECOVERY_GOAL_S = 3;
const PORTION = 10_000;

const stack = await startEngineStack();
try {
  const first = await stack.start();
  await first.open;
  const accountIds = await stack.openAccounts(Math.ceil(positions / EACH), SHARD);
  for (let start = 0; start < positions; start += PORTION) {
    await stack.carryOut(
      Array.from({ length: Math.min(PORTION, positions - start) }, (_, index) => order(start + index)),
    );
  }
  await first.stop();

  const before = { heap: heapBytes(), resident: process.memoryUsage.rss() };
  const begun = performance.now();
  const second = await stack.start();
  const deposit = command(accountIds[0] as string, 'deposit', { amount: '1' });
  await stack.carryOut([deposit]);
  const seconds = (performance.now() - begun) / 1_000;
  await second.open;
  const line = second.lines.find(({ msg, shard }) => msg === 'the shard is open' && shard === SHARD);
  if (line?.positions !== positions)
    throw new Error(`${line?.positions} positions were loaded instead of ${positions}`);
  const held = heapBytes() - before.heap;

  report(`Recovery of one shard of twelve with ${positions.toLocaleString('en-US')} open positions`, [
    {
      what: 'the shard claimed, read and made',
      value: (line.ms ?? Number.NaN) / 1_000,
      unit: 's',
      limit: { name: 'goal', value: RECOVERY_GOAL_S },
    },
    {
      what: 'start of the engine until its first command is committed',
      value: seconds,
      unit: 's',
      limit: { name: 'goal', value: RECOVERY_GOAL_S },
    },
    { what: 'memory of the state', value: held / 2 ** 20, unit: 'MB' },
    { what: 'a position of it', value: held / positions, unit: 'B' },
    { what: 'resident memory of the process, with the log', value: process.memoryUsage.rss() / 2 ** 20, unit: 'MB' },
  ]);

  function order(index: number) {
    const isBuy = index % 2 === 0;
    return command(accountIds[index % accountIds.length] as string, 'place-order', {
      clientOrderId: `position-${index}`,
      asset: 'SOL_USDC',
      side: isBuy ? 'buy' : 'sell',
      orderType: 'market',
      quantity: '0.1',
      stopLoss: isBuy ? '90.00' : '270.00',
      takeProfit: isBuy ? '270.00' : '90.00',
      ...(index % 10 === 0 ? { trailingDistance: '20.00' } : {}),
    });
  }
} finally {
  await stack.close();
}
