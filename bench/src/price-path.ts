import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BrokerProcess, startBroker } from './broker-process.ts';
import { startExchange } from './exchange.ts';
import { connectRawClient, sendText } from './raw-client.ts';
import { loadRecording, type RecordedFrame, recordingPath } from './recorded-quotes.ts';
import { type Figure, report } from './report.ts';

// Frame of the exchange in → WebSocket frame out, through the whole of the broker: poller, message log, api-server. The
// load (exchange and clients) is one process, the broker another, both on the same monotonic clock.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
const manyClients = Number(values.clients);
const GOAL_P99_MS = 10;
const DRAIN_MS = 1_500;

interface Run {
  readonly latency: RecordableHistogram;
  readonly frames: number;
  readonly deliveries: number;
  readonly uncovered: number;
  readonly playedMs: number;
  readonly brokerCpuMs: number;
}

/** For each channel sequence: the newest sequence of each asset in that update. */
type Updates = Map<number, { asset: string; sequence: number; bid: string; ask: string }[]>;

const SEQUENCE_PREFIX = '{"channel":"prices","type":"update","sequence":';

async function measure(frames: readonly RecordedFrame[], clients: number, speed: number | 'max'): Promise<Run> {
  const exchange = await startExchange();
  const broker = await startBroker({
    PRICE_SOURCE: 'binance',
    BINANCE_WS_URL: exchange.url,
    WS_CONNECTIONS_PER_ADDRESS_MAX: String(clients + 10),
    ...(process.env.WS_FLUSH_INTERVAL_MS ? { WS_FLUSH_INTERVAL_MS: process.env.WS_FLUSH_INTERVAL_MS } : {}),
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
  exchange: Awaited<ReturnType<typeof startExchange>>,
  frames: readonly RecordedFrame[],
  clients: number,
  speed: number | 'max',
): Promise<Run> {
  const updates: Updates = new Map();
  const arrivals: Map<number, bigint>[] = [];
  const sockets = [];
  let deliveries = 0;
  for (let index = 0; index < clients; index += 1) {
    const arrived = new Map<number, bigint>();
    arrivals.push(arrived);
    const socket = await connectRawClient(broker.wsPort, (payload, atNs) => {
      const sequence = readSequence(payload);
      if (sequence === undefined) return;
      deliveries += 1;
      arrived.set(sequence, atNs);
      if (index === 0) updates.set(sequence, (JSON.parse(payload.toString()) as { data: [] }).data);
    });
    sendText(socket, '{"op":"subscribe","channels":["prices"]}');
    sockets.push(socket);
  }
  await sleep(500);

  const before = await broker.usage();
  const begunMs = performance.now();
  const sentNs = await exchange.play(frames, speed);
  const playedMs = performance.now() - begunMs;
  await sleep(DRAIN_MS);
  const after = await broker.usage();
  for (const socket of sockets) socket.destroy();

  const latency = createHistogram();
  const uncovered = record(frames, sentNs, updates, arrivals, latency);
  return { latency, frames: frames.length, deliveries, uncovered, playedMs, brokerCpuMs: after.cpuMs - before.cpuMs };
}

function readSequence(payload: Buffer): number | undefined {
  const head = payload.toString('latin1', 0, SEQUENCE_PREFIX.length + 16);
  if (!head.startsWith(SEQUENCE_PREFIX)) return undefined;
  return Number.parseInt(head.slice(SEQUENCE_PREFIX.length), 10);
}

/**
 * Every frame of the exchange counts, at every client: its latency ends with the first update that holds it or a
 * newer one of its asset. The asset's sequence rises by one for each frame that passed the filters; a frame that did
 * not is recognised by its prices and left out.
 *
 * @returns frames that no update covered (filtered, or lost)
 */
function record(
  frames: readonly RecordedFrame[],
  sentNs: readonly bigint[],
  updates: Updates,
  arrivals: readonly Map<number, bigint>[],
  latency: RecordableHistogram,
): number {
  const channelSequences = [...updates.keys()].toSorted((a, b) => a - b);
  let covered = 0;
  for (const asset of new Set(frames.map((frame) => frame.asset))) {
    const ofAsset = frames.flatMap((frame, index) =>
      frame.asset === asset ? [{ frame, sent: sentNs[index] ?? 0n }] : [],
    );
    let next = 0;
    let lastSequence: number | undefined;
    for (const channelSequence of channelSequences) {
      const update = updates.get(channelSequence)?.find((price) => price.asset === asset);
      if (update === undefined) continue;
      const passed = lastSequence === undefined ? 1 : update.sequence - lastSequence;
      lastSequence = update.sequence;
      let last = next + passed - 1;
      while (
        last < ofAsset.length &&
        (ofAsset[last]?.frame.bid !== update.bid || ofAsset[last]?.frame.ask !== update.ask)
      )
        last += 1;
      if (last >= ofAsset.length) continue;
      for (let index = next; index <= last; index += 1) {
        covered += 1;
        for (const arrived of arrivals) {
          const at = arrived.get(channelSequence);
          const sent = ofAsset[index]?.sent;
          if (at !== undefined && sent !== undefined) latency.record(at > sent ? at - sent : 1n);
        }
      }
      next = last + 1;
    }
  }
  return frames.length - covered;
}

const recording = recordingPath();
const paced = await loadRecording(recording, seconds);
const all = await loadRecording(recording, Number.POSITIVE_INFINITY);
const figures: Figure[] = [];
for (const clients of [1, manyClients]) {
  const run = await measure(paced, clients, 1);
  const ms = (share: number) => run.latency.percentile(share) / 1e6;
  const who = `1×, ${clients} client${clients === 1 ? '' : 's'}`;
  figures.push(
    { what: `${who}: p50`, value: ms(50), unit: 'ms' },
    { what: `${who}: p99`, value: ms(99), unit: 'ms', limit: { name: 'goal', value: GOAL_P99_MS } },
    { what: `${who}: deliveries a second`, value: run.deliveries / (run.playedMs / 1000), unit: '/s' },
    { what: `${who}: broker CPU`, value: (run.brokerCpuMs / run.playedMs) * 100, unit: '% of a core' },
    { what: `${who}: frames not covered`, value: run.uncovered, unit: `of ${run.frames}` },
  );
}
for (const clients of [1, manyClients]) {
  const run = await measure(all, clients, 'max');
  const ms = (share: number) => run.latency.percentile(share) / 1e6;
  const who = `max, ${clients} client${clients === 1 ? '' : 's'}`;
  figures.push(
    { what: `${who}: frames in a second`, value: run.frames / (run.playedMs / 1000), unit: '/s' },
    { what: `${who}: p50`, value: ms(50), unit: 'ms' },
    { what: `${who}: p99`, value: ms(99), unit: 'ms' },
    { what: `${who}: frames not covered`, value: run.uncovered, unit: `of ${run.frames}` },
  );
}
report(
  `Price path: exchange frame in → WebSocket frame out (${seconds} s of the recording at 1×, all of it at max)`,
  figures,
);
