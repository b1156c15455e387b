import { parseArgs } from 'node:util';
import { InfraError } from '@repo/infra-native';
import { NotReadyError } from '@repo/processes';
import { ConfigError, createLogger, Progress, Shutdown } from '@repo/service';
import { measurePricePath, type PlayedStack } from './distributed/price-path.ts';
import { firstOfEach, loadPieces, renumbered } from './distributed/recording-pieces.ts';
import { measureSignIns } from './distributed/sign-ins.ts';
import { startDistributed, startRealServers } from './distributed/start-distributed.ts';
import { startStandalone } from './distributed/start-standalone.ts';
import { measureTwoInstances } from './distributed/two-instances.ts';
import { type Exchange, startExchange } from './exchange.ts';
import type { RecordedFrame } from './recorded-quotes.ts';
import { type Figure, report } from './report.ts';

// Every service a process of its own on real servers, beside the standalone profile in the same run and in turns. What
// is compared is the way through Kafka and between processes; the machine is the same.

const sections = ['sign-in', 'price-path', 'two-instances'];
const PIECES = 4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '20' },
    clients: { type: 'string', default: '1000' },
    signins: { type: 'string', default: '200' },
  },
});
for (const section of positionals) {
  if (!sections.includes(section)) throw new Error(`no section ${section}; there are ${sections.join(', ')}`);
}
const chosen = positionals.length === 0 ? sections : positionals;
const seconds = Number(values.seconds);
const clients = Number(values.clients);
const signIns = Number(values.signins);
const played = `${seconds} s of the recording at 1× in ${PIECES} turns`;

const progress = new Progress(process.stdout);
const shutdown = new Shutdown(createLogger({ level: 'error' }));
const abort = new AbortController();
/** What is being started; it is to be stopped as well, so it is waited for. */
let starting: Promise<unknown> = Promise.resolve();

async function giveUp(exitCode: number): Promise<void> {
  if (abort.signal.aborted) return;
  abort.abort();
  process.exitCode = exitCode;
  progress.stop();
  progress.line('\nStopping …');
  await starting.catch(() => undefined);
  await shutdown.run();
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void giveUp(130));

/** Shows what is under way. */
async function step<T>(name: string, task: () => Promise<T>): Promise<T> {
  abort.signal.throwIfAborted();
  progress.step(name);
  const result = await task();
  if (!abort.signal.aborted) progress.step(name, 'done');
  return result;
}

function start<T>(name: string, task: () => Promise<T>): Promise<T> {
  const started = step(name, task);
  starting = started;
  return started;
}

/** An exchange that gives its poller the first quotes at once, for until then it is not ready. */
async function exchangeWith(first: readonly RecordedFrame[]): Promise<Exchange> {
  const exchange = await startExchange();
  shutdown.add('exchange', async () => exchange.close());
  void exchange.subscribed.then(() => exchange.play(renumbered(first), 'max'));
  return exchange;
}

// It is silent while the other profile has its turn.
const sourceOf = ({ url }: Exchange) => ({ PRICE_SOURCE: 'binance', BINANCE_WS_URL: url, FEED_SILENCE_MS: '3600000' });

async function main(): Promise<void> {
  const pieces = await loadPieces(PIECES, seconds / PIECES);
  const first = firstOfEach(pieces.flat());
  const servers = await start('servers', () => startRealServers(shutdown, abort.signal));
  const reports: [title: string, figures: Figure[]][] = [];

  async function startProfile(apiServers: number): Promise<PlayedStack & { stop(): Promise<void> }> {
    const exchange = await exchangeWith(first);
    const stack = await start(`processes, ${apiServers} api-server${apiServers === 1 ? '' : 's'}`, async () => {
      const started = await startDistributed({
        environment: { ...servers.environment, ...sourceOf(exchange) },
        apiServers,
        directory: servers.directory,
        onCrash: (sentence) => {
          progress.fail(sentence);
          void giveUp(1);
        },
        signal: abort.signal,
      });
      shutdown.add('processes', () => started.stop());
      return started;
    });
    return { stack, exchange, stop: () => stack.stop() };
  }

  if (chosen.some((section) => section !== 'two-instances')) {
    const distributed = await startProfile(1);
    const exchange = await exchangeWith(first);
    const stack = await start('standalone', () => startStandalone(sourceOf(exchange), shutdown));
    await exchange.subscribed;
    const both = { standalone: { stack, exchange }, distributed };
    if (chosen.includes('sign-in')) {
      const figures = await step('sign-ins', () =>
        measureSignIns({ standalone: stack, distributed: distributed.stack }, signIns),
      );
      reports.push([`Sign-in: distributed beside standalone, ${signIns} each in turns`, figures]);
    }
    if (chosen.includes('price-path')) {
      for (const count of [1, clients]) {
        const figures = await step(`prices to ${count}`, () => measurePricePath(both, pieces, count));
        reports.push([
          `Price path: distributed beside standalone, ${played}, ${count} client${count === 1 ? '' : 's'}`,
          figures,
        ]);
      }
    }
    await distributed.stop();
    await stack.stop();
  }
  if (chosen.includes('two-instances')) {
    const distributed = await startProfile(2);
    const figures = await step('one of two, each of two', () => measureTwoInstances(distributed, pieces, clients));
    reports.push([`Fan-out: ${clients} clients at one api-server and at two, ${played}`, figures]);
  }
  progress.stop();
  for (const [title, figures] of reports) report(title, figures);
}

try {
  await main();
} catch (error) {
  // Whoever gave up stops everything.
  if (abort.signal.aborted) await new Promise(() => {});
  progress.stop();
  if (!(error instanceof ConfigError || error instanceof InfraError || error instanceof NotReadyError)) {
    await shutdown.run();
    throw error;
  }
  progress.fail(error.message);
  process.exitCode = 1;
}
await shutdown.run();
process.exit();
