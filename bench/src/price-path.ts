import { parseArgs } from 'node:util';
import { startBroker } from './broker-process.ts';
import { startExchange } from './exchange.ts';
import { connectPriceClients, type PriceRun } from './price-clients.ts';
import { loadRecording, type RecordedFrame, recordingPath } from './recorded-quotes.ts';
import { type Figure, report } from './report.ts';

// Frame of the exchange in → WebSocket frame out, through the whole of the broker: poller, message log, api-server. The
// exchange and the measured clients are one process, the broker another.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
const manyClients = Number(values.clients);
const GOAL_P99_MS = 10;

interface Run extends PriceRun {
  readonly watchedMs: number;
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
    const connected = await connectPriceClients([broker.wsPort], clients);
    const [before, begunMs] = [await broker.usage(), performance.now()];
    const run = await connected.play(exchange, frames, speed);
    const [after, watchedMs] = [await broker.usage(), performance.now() - begunMs];
    connected.close();
    return { ...run, watchedMs, brokerCpuMs: after.cpuMs - before.cpuMs };
  } finally {
    await broker.stop();
    exchange.close();
  }
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
      { what: `${who} deliveries out, a second`, value: run.deliveries / (run.throughMs / 1000), unit: '/s' },
      { what: `${who} broker CPU`, value: (run.brokerCpuMs / run.watchedMs) * 100, unit: '% of a core' },
      { what: `${who} frames no update held`, value: run.uncovered, unit: `of ${run.frames}` },
    );
  }
}
report(
  `Price path: exchange frame in → WebSocket frame out (${seconds} s of the recording at 1×, all of it at max)`,
  figures,
);
