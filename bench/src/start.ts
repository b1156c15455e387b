import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@repo/service';
import { type Figure, report } from './report.ts';

// From the start of the program to its ready line, on a new data directory and on one that exists, and the memory of
// its processes. The web app is built beforehand, as it is after the first `npm start`.

const main = join(dirname(fileURLToPath(import.meta.url)), '../../apps/standalone/src/main.ts');
const WARM_GOAL_S = 10;
const SETTLE_MS = 20_000;

interface Start {
  readonly seconds: number;
  /** Resident memory by process after it has settled, MB. */
  readonly megabytes: Readonly<Record<string, number>>;
}

async function start(dataDir: string, settleMs: number): Promise<Start> {
  const ports = await Promise.all([findFreePort(), findFreePort(), findFreePort(), findFreePort()]);
  const [WEB_PORT, HTTP_PORT, WS_PORT, METRICS_PORT] = ports.map(String);
  const begun = performance.now();
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, DATA_DIR: dataDir, WEB_PORT, HTTP_PORT, WS_PORT, METRICS_PORT, PRICE_SOURCE: 'simulated' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('CFD-Broker is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with code ${code}:\n${output}`)));
  });
  const seconds = (performance.now() - begun) / 1000;
  await sleep(settleMs);
  const megabytes = settleMs === 0 ? {} : await residentMegabytes(child.pid ?? 0);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.removeAllListeners('exit').once('exit', () => {});
  child.kill('SIGTERM');
  await Promise.race([ended, new Promise((resolve) => child.once('close', resolve))]);
  return { seconds, megabytes };
}

/** Proportional set sizes, so that pages which PostgreSQL's processes share count once. */
async function residentMegabytes(pid: number): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const match = stat.match(/^\d+ \((.*)\) \S (\d+)/);
    if (match) parents.set(Number(entry), { name: match[1] ?? '', parent: Number(match[2]) });
  }
  const belongs = (id: number): boolean =>
    id === pid || (parents.has(id) && id > 1 && belongs(parents.get(id)?.parent ?? 0));
  for (const [id, { name }] of parents) {
    if (!belongs(id)) continue;
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    const kilobytes = Number(rollup.match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
    const part = id === pid ? 'services' : name.startsWith('postgres') ? 'PostgreSQL' : 'web';
    totals[part] = (totals[part] ?? 0) + kilobytes / 1024;
  }
  return totals;
}

const dataDir = await mkdtemp(join(tmpdir(), 'cfd-broker-bench-'));
// As root the database runs as a user of its own, who must be able to enter.
await chmod(dataDir, 0o755);
const cold = await start(dataDir, 0);
const warm = [await start(dataDir, 0), await start(dataDir, 0), await start(dataDir, SETTLE_MS)];
await rm(dataDir, { recursive: true, force: true });

const figures: Figure[] = [
  { what: 'cold start (new data directory)', value: cold.seconds, unit: 's' },
  {
    what: 'warm start (median of 3)',
    value: warm.map(({ seconds }) => seconds).toSorted((a, b) => a - b)[1] ?? Number.NaN,
    unit: 's',
    limit: { name: 'goal', value: WARM_GOAL_S },
  },
  ...Object.entries(warm[2]?.megabytes ?? {}).map(([part, value]) => ({ what: `memory: ${part}`, value, unit: 'MB' })),
];
report('Start and memory of the standalone profile', figures);
