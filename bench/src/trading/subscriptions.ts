import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WebSocket } from 'ws';
import { report } from '../report.ts';
import { signUpTraders, type Trader, untilPriced } from './sign-up-traders.ts';
import { startOneProcess } from './start-profile.ts';
import { watchAccounts } from './watch-accounts.ts';

// What it costs the services, in one process, that clients watch accounts with two positions each, on prices that move:
// resident memory with the subscriptions less that without them, and the CPU time of ten seconds of each.

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100' },
    accounts: { type: 'string', default: '10' },
  },
});
const users = Number(values.users);
const accountsEach = Number(values.accounts);
const SETTLE_MS = 10_000;

const { stack, broker, stop } = await startOneProcess();
const sockets: WebSocket[] = [];
try {
  const traders = await signUpTraders(stack, users);
  await untilPriced(traders[0] as Trader, 'SOL_USDC');
  const idsOf = new Map<Trader, readonly string[]>();
  for (const trader of traders) idsOf.set(trader, await openAccounts(trader));

  const idle = await costOf(SETTLE_MS);
  for (const [{ cookie }, ids] of idsOf) {
    const channels = ids.map((id) => `account:${id}`);
    sockets.push(await watchAccounts({ wsPort: broker.wsPort, cookie, channels }));
  }
  const watched = await costOf(SETTLE_MS);
  const count = users * accountsEach;
  const bytes = watched.residentBytes - idle.residentBytes;
  report(`${count.toLocaleString('en-US')} accounts watched over ${users} connections, standalone`, [
    { what: 'resident memory before', value: idle.residentBytes / 2 ** 20, unit: 'MB' },
    { what: 'resident memory with them', value: watched.residentBytes / 2 ** 20, unit: 'MB' },
    { what: 'an account watched', value: bytes / count / 1_024, unit: 'kB' },
    { what: 'CPU before', value: (100 * idle.cpuMs) / SETTLE_MS, unit: '% of a core' },
    { what: 'CPU with them', value: (100 * watched.cpuMs) / SETTLE_MS, unit: '% of a core' },
  ]);
} finally {
  for (const socket of sockets) socket.terminate();
  await stop();
}

/** The trader's accounts, each with a long and a short position. */
async function openAccounts({ api, accountId }: Trader): Promise<readonly string[]> {
  const ids = [accountId];
  for (let index = 1; index < accountsEach; index += 1) {
    const { id } = await api.openAccount({ clientRequestId: `account-${index}` });
    await api.deposit(id, { clientRequestId: 'first', amount: '1000' });
    ids.push(id);
  }
  for (const id of ids) {
    for (const side of ['buy', 'sell'] as const) {
      const order = { asset: 'SOL_USDC', side, type: 'market', quantity: '0.5' } as const;
      await api.placeOrder({ accountId: id, clientOrderId: side, ...order });
    }
  }
  return ids;
}

/** CPU time of so long, and the memory at its end. */
async function costOf(ms: number): Promise<{ cpuMs: number; residentBytes: number }> {
  const before = await broker.usage();
  await sleep(ms);
  const after = await broker.usage();
  return { cpuMs: after.cpuMs - before.cpuMs, residentBytes: after.residentBytes };
}
