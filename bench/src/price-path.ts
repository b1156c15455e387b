import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrokerProcess, startBroker } from './broker-process.ts';
import { type Exchange, startExchange } from './exchange.ts';
import { type Latency, measureLatency, type SeenPrice } from './price-latency.ts';
import { connectRawClient, sendText } from './raw-client.ts';
import { loadRecording, type RecordedFrame, recordingPath } from './recorded-quotes.ts';
import { type Figure, report } from './report.ts';

// Frame of the exchange in → WebSocket frame out, through the whole of the broker: poller, message log, api-server. The
// exchange and the measured clients are one process, the broker another. Of many
// clients 50, spread over the others, are measured; the rest read and forget in a third process, because a process that
// timed them all would be slower than the broker.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
const manyClients = Number(values.clients);
const MEASURED_MAX = 50;
const GOAL_P99_MS = 10;
const DRAIN_MS = 1_500;
const SEQUENCE_PREFIX = '{"channel":"prices","type":"update","sequence":';

interface Run extends Latency {
  readonly frames: number;
  readonly updates: number;
  readonly watchedMs: number;
  readonly throughMs: number;
  readonly brokerCpuMs: number;
}

async function measure(frames: readonly RecordedFrame[], clients: number, speed: number | 'max'): Promise<Run> {
  const exchange = await startExchange();
  const broker = await startBroker({
    PRICE_SOURCE: 'binance',
    BINANCE_WS_URL: exchange.url,
    WS_CONNECTIONS_PER_ADDRESS_MAX: String(clients + 10),
  });
  try {
    await exchange.subscribed;
    return await playThrough(broker, exchange, frames, clients, speed);
  } finally {
    await broker.stop();
    exchange.close();
  }
}

async function playThrough(
  broker: BrokerProcess,
  exchange: Exchange,
  frames: readonly RecordedFrame[],
  clients: number,
  speed: number | 'max',
): Promise<Run> {
  const measured = Math.min(clients, MEASURED_MAX);
  const drains = startDrains(broker.wsPort, clients - measured);
  const updates = new Map<number, SeenPrice[]>();
  const arrivals: Map<number, number>[] = [];
  const sockets = [];
  for (let index = 0; index < measured; index += 1) {
    const arrived = new Map<number, number>();
    arrivals.push(arrived);
    const socket = await connectRawClient(broker.wsPort, (payload, atMs) => {
      const sequence = readSequence(payload);
      if (sequence === undefined) return;
      arrived.set(sequence, atMs);
      if (index === 0) updates.set(sequence, (JSON.parse(payload.toString()) as { data: SeenPrice[] }).data);
    });
    sendText(socket, '{"op":"subscribe","channels":["prices"]}');
    sockets.push(socket);
    // Between two of them some of the others connect, so that the measured ones are spread over all.
    if (clients > measured) await sleep(30);
  }
  await drains.connected;
  await sleep(500);

  const before = await broker.usage();
  const begunMs = performance.now();
  const sent = await exchange.play(frames, speed);
  await sleep(DRAIN_MS);
  const after = await broker.usage();
  const watchedMs = performance.now() - begunMs;
  for (const socket of sockets) socket.destroy();
  drains.stop();
  const latency = measureLatency(frames, sent, updates, arrivals);
  return {
    ...latency,
    frames: frames.length,
    updates: updates.size,
    watchedMs,
    throughMs: latency.lastArrivalMs - (sent[0]?.atMs ?? 0),
    brokerCpuMs: after.cpuMs - before.cpuMs,
  };
}

function startDrains(port: number, count: number): { connected: Promise<void>; stop(): void } {
  if (count === 0) return { connected: Promise.resolve(), stop: () => {} };
  const path = join(dirname(fileURLToPath(import.meta.url)), 'drain-clients.ts');
  const child = fork(path, [String(port), String(count)]);
  // They stand for other machines: when they read must not decide when the measured clients can.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const connected = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the other clients ended with code ${code}`)));
  });
  return { connected, stop: () => void child.kill() };
}

function readSequence(payload: Buffer): number | undefined {
  const head = payload.toString('latin1', 0, SEQUENCE_PREFIX.length + 16);
  if (!head.startsWith(SEQUENCE_PREFIX)) return undefined;
  return Number.parseInt(head.slice(SEQUENCE_PREFIX.length), 10);
}

const recording = recordingPath();
const paced = await loadRecording(recording, seconds);
const all = await loadRecording(recording, Number.POSITIVE_INFINITY);
const figures: Figure[] = [];
for (const speed of [1, 'max'] as const) {
  for (const clients of [1, manyClients]) {
    const run = await measure(speed === 1 ? paced : all, clients, speed);
    const ms = (share: number) => run.histogram.percentile(share) / 1000;
    const who = `${speed === 1 ? '1×' : 'max'}, ${clients} client${clients === 1 ? '' : 's'}:`;
    const goal = speed === 1 ? { limit: { name: 'goal', value: GOAL_P99_MS } } : {};
    figures.push(
      { what: `${who} p50`, value: ms(50), unit: 'ms' },
      { what: `${who} p99`, value: ms(99), unit: 'ms', ...goal },
      { what: `${who} frames in, a second`, value: run.frames / (run.throughMs / 1000), unit: '/s' },
      { what: `${who} deliveries out, a second`, value: (run.updates * clients) / (run.throughMs / 1000), unit: '/s' },
      { what: `${who} broker CPU`, value: (run.brokerCpuMs / run.watchedMs) * 100, unit: '% of a core' },
      { what: `${who} frames no update held`, value: run.uncovered, unit: `of ${run.frames}` },
    );
  }
}
report(
  `Price path: exchange frame in → WebSocket frame out (${seconds} s of the recording at 1×, all of it at max)`,
  figures,
);
