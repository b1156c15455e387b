import { fork } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startHub } from './hub.ts';
import { quantile, report } from './report.ts';

// What a delivery costs in the hub, beside a bare loop that writes the same bytes to as many sockets, in turns in the
// same process. The readers are another process, so that their work is not counted.

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '300' } },
});
const clients = Number(values.clients);
const rounds = Number(values.rounds);
const GOAL_RATIO = 1.3;
const PAUSE_MS = 30;

const bare: Socket[] = [];
const server = createServer((socket) => void bare.push(socket.setNoDelay(true)));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const barePort = typeof address === 'object' && address !== null ? address.port : 0;
const hub = await startHub(clients);

const readers = fork(join(dirname(fileURLToPath(import.meta.url)), 'readers.ts'), [
  String(hub.port),
  String(barePort),
  String(clients),
]);
await new Promise((resolve) => readers.once('message', resolve));
await sleep(500);

const hubMicros: number[] = [];
const bareMicros: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const frame = hub.frameBytes();
  hubMicros.push(await timed(() => hub.deliver()));
  await sleep(PAUSE_MS);
  bareMicros.push(
    await timed(() => {
      for (const socket of bare) socket.write(frame);
    }),
  );
  await sleep(PAUSE_MS);
}
readers.kill();
await hub.close();
server.close();

/** CPU and wall agree here: nothing else is under way. µs a delivery. */
async function timed(deliver: () => void | Promise<void>): Promise<number> {
  const begun = performance.now();
  await deliver();
  return ((performance.now() - begun) * 1000) / clients;
}

report(`Fan-out of one price frame to ${clients} clients (${rounds} rounds each, in turns)`, [
  { what: 'bare loop of socket writes: p50', value: quantile(bareMicros, 0.5), unit: 'µs a delivery' },
  {
    what: 'hub: p50',
    value: quantile(hubMicros, 0.5),
    unit: 'µs a delivery',
    limit: { name: `${GOAL_RATIO} × bare =`, value: quantile(bareMicros, 0.5) * GOAL_RATIO },
  },
  {
    what: 'hub ÷ bare',
    value: quantile(hubMicros, 0.5) / quantile(bareMicros, 0.5),
    unit: '×',
    limit: { name: 'goal', value: GOAL_RATIO },
  },
  { what: 'bare: until the last client, p99', value: (quantile(bareMicros, 0.99) * clients) / 1000, unit: 'ms' },
  {
    what: 'hub: until the last client, p99',
    value: (quantile(hubMicros, 0.99) * clients) / 1000,
    unit: 'ms',
    limit: { name: 'bare', value: (quantile(bareMicros, 0.99) * clients) / 1000 },
  },
]);
process.exit(0);
