import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WebSocket } from 'ws';
import { quantile, report } from '../report.ts';
import { signUpTraders, type Trader, untilPriced } from './sign-up-traders.ts';
import { startOrderLoad } from './start-order-load.ts';
import { startOneProcess } from './start-profile.ts';
import { watchAccounts } from './watch-accounts.ts';

// From the moment that the engine learns of a commit to the moment that a client has the frame with the fill: events
// published, read by the api-server, folded into the account, written. The services are one process, the clients
// another, the orders come from a third. Both moments are read from the machine's monotonic clock.

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    traders: { type: 'string', default: '100' },
  },
});
const P99_GOAL_MS = 5;
const PATIENCE_MS = 5_000;

const { stack, broker, stop } = await startOneProcess('trading/committing-broker.ts');
const load = startOrderLoad();
const seen = new Map<string, bigint>();
const sockets: WebSocket[] = [];
try {
  const traders = await signUpTraders(stack, Number(values.traders));
  await untilPriced(traders[0] as Trader, 'SOL_USDC');
  for (const { cookie } of traders) {
    sockets.push(await watchAccounts({ wsPort: broker.wsPort, cookie, channels: ['account'], onFills }));
  }
  const target = { httpUrl: stack.httpUrl, cookies: traders.map(({ cookie }) => cookie) };
  await load.run({ ...target, perSecond: Number(values.rate), seconds: 3 });
  await sleep(500);
  seen.clear();

  const result = await load.run({ ...target, perSecond: Number(values.rate), seconds: Number(values.seconds) });
  for (const endMs = performance.now() + PATIENCE_MS; seen.size < result.times.length && performance.now() < endMs; ) {
    await sleep(50);
  }
  const committed = new Map((await broker.ask('fills')) as [id: string, atNs: string][]);
  const latencies = [...seen].map(([id, atNs]) => {
    const committedNs = committed.get(id);
    if (committedNs === undefined) throw new Error(`the fill ${id} was seen, and its commit was not`);
    return Number(atNs - BigInt(committedNs)) / 1e6;
  });
  const title = `Fill to WebSocket frame: ${values.rate} fills/s for ${values.seconds} s, ${traders.length} accounts watched`;
  report(title, [
    { what: 'commit → frame: p50', value: quantile(latencies, 0.5), unit: 'ms' },
    {
      what: 'commit → frame: p99',
      value: quantile(latencies, 0.99),
      unit: 'ms',
      limit: { name: 'goal', value: P99_GOAL_MS },
    },
    { what: 'commit → frame: longest', value: quantile(latencies, 1), unit: 'ms' },
    {
      what: 'fills that came in a frame',
      value: latencies.length,
      unit: 'fills',
      limit: { name: 'acknowledged', value: result.times.length },
    },
  ]);
} finally {
  for (const socket of sockets) socket.terminate();
  load.stop();
  await stop();
}

function onFills(ids: readonly string[], atNs: bigint): void {
  for (const id of ids) seen.set(id, atNs);
}
