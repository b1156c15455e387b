import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash, verify } from '@node-rs/argon2';
import { type ApiClient, createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import autocannon from 'autocannon';
import { startBroker } from './broker-process.ts';
import { pacedLoad } from './paced-load.ts';
import { type Figure, quantile, report } from './report.ts';

// Sign-in beside the bare hash, verification, and the two reads that every screen makes, over HTTP.

const ORIGIN = 'http://localhost:3000';
const PASSWORD = 'five green parrots sing';
const UNLIMITED = '1000000';
const SIGN_INS = 300;
const VERIFICATIONS = 100;
const READ_RATE = 500;
const READ_SECONDS = 10;
const THROUGHPUT_SECONDS = 5;
const SIGN_IN_OVER_HASH_GOAL_MS = 10;
const READ_P99_GOAL_MS = 5;

const broker = await startBroker({
  PRICE_SOURCE: 'simulated',
  WEB_ORIGINS: ORIGIN,
  SIGNINS_PER_10_SECONDS: UNLIMITED,
  SIGNUPS_PER_10_MINUTES: UNLIMITED,
  CODE_TRIES_PER_10_SECONDS: UNLIMITED,
});

function newClient(): { client: ApiClient; cookies: ReturnType<typeof createCookieJar> } {
  const cookies = createCookieJar();
  return { client: createApiClient({ baseUrl: broker.httpUrl, origin: ORIGIN, cookies }), cookies };
}

async function timeMs(task: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await task();
  return performance.now() - begun;
}

async function inSequence(count: number, task: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push(await timeMs(() => task(index)));
  return times;
}

/** Runs `task` by `workers` at once for a while; per second. */
async function throughput(workers: number, task: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + THROUGHPUT_SECONDS * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() < end) {
        await task();
        done += 1;
      }
    }),
  );
  return done / THROUGHPUT_SECONDS;
}

async function codeFor(client: ApiClient, email: string): Promise<string> {
  const mails = await client.mailbox();
  const code = mails.find((mail) => mail.to === email)?.text.match(/\b\d{6}\b/)?.[0];
  if (code === undefined) throw new Error(`no code for ${email}`);
  return code;
}

/** Signs up and fetches the codes beforehand, so that only the verification is timed. */
async function measureVerify(): Promise<number[]> {
  const pending: { email: string; otp: string }[] = [];
  for (let index = 0; index < VERIFICATIONS; index += 1) {
    const email = `bench-${index}@example.com`;
    const { client } = newClient();
    await client.signup({ email, password: PASSWORD });
    pending.push({ email, otp: await codeFor(client, email) });
  }
  return inSequence(VERIFICATIONS, (index) => newClient().client.verifyOtp(pending[index] ?? { email: '', otp: '' }));
}

async function flatOut(url: string, cookie: string): Promise<number> {
  const result = await autocannon({ url, headers: { cookie }, connections: 10, duration: THROUGHPUT_SECONDS });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx + result.errors} failed`);
  return result.requests.average;
}

const verifications = await measureVerify();
// Argon2id is 2, a const enum that cannot be imported; the parameters are those of docs/limits.md.
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const stored = await hash(PASSWORD, options);
const hashes = await inSequence(SIGN_INS, () => verify(stored, PASSWORD));
const signIns = await inSequence(SIGN_INS, () =>
  newClient().client.signin({ email: 'bench-0@example.com', password: PASSWORD }),
);
const hashesPerSecond = await throughput(2, () => verify(stored, PASSWORD));
const signInsPerSecond = await throughput(4, () =>
  newClient().client.signin({ email: 'bench-0@example.com', password: PASSWORD }),
);

const { client, cookies } = newClient();
await client.signin({ email: 'bench-0@example.com', password: PASSWORD });
const cookie = cookies.header(broker.httpUrl) ?? '';
const figures: Figure[] = [
  { what: 'bare hash: p50', value: quantile(hashes, 0.5), unit: 'ms' },
  {
    what: 'sign-in: p50',
    value: quantile(signIns, 0.5),
    unit: 'ms',
    limit: { name: 'hash + 10 ms =', value: quantile(hashes, 0.5) + SIGN_IN_OVER_HASH_GOAL_MS },
  },
  { what: 'sign-in: p99', value: quantile(signIns, 0.99), unit: 'ms' },
  {
    what: 'sign-ins a second (4 at once)',
    value: signInsPerSecond,
    unit: '/s',
    limit: { name: 'bare hashes, 2 at once', value: hashesPerSecond },
  },
  { what: 'verify: p50', value: quantile(verifications, 0.5), unit: 'ms' },
  { what: 'verify: p99', value: quantile(verifications, 0.99), unit: 'ms' },
];
const bareServer = fork(join(dirname(fileURLToPath(import.meta.url)), 'bare-http.ts'));
const barePort = await new Promise((resolve) => bareServer.once('message', resolve));
const bareUrl = `http://127.0.0.1:${String(barePort)}/`;
const barePaced = await pacedLoad(bareUrl, cookie, READ_RATE, READ_SECONDS);
const bareFlatOut = await flatOut(bareUrl, cookie);
bareServer.disconnect();
figures.push(
  { what: `bare HTTP server at ${READ_RATE}/s: p50`, value: quantile(barePaced, 0.5), unit: 'ms' },
  { what: `bare HTTP server at ${READ_RATE}/s: p99`, value: quantile(barePaced, 0.99), unit: 'ms' },
  { what: 'bare HTTP server flat out, 10 connections', value: bareFlatOut, unit: '/s' },
);
for (const path of ['/me', '/prices']) {
  const url = `${broker.httpUrl}/api/v1${path}`;
  const paced = await pacedLoad(url, cookie, READ_RATE, READ_SECONDS);
  figures.push(
    { what: `${path} at ${READ_RATE}/s: p50`, value: quantile(paced, 0.5), unit: 'ms' },
    {
      what: `${path} at ${READ_RATE}/s: p99`,
      value: quantile(paced, 0.99),
      unit: 'ms',
      limit: { name: 'goal', value: READ_P99_GOAL_MS },
    },
    {
      what: `${path} flat out, 10 connections`,
      value: await flatOut(url, cookie),
      unit: '/s',
      limit: { name: 'bare', value: bareFlatOut },
    },
  );
}
await broker.stop();
report('HTTP: sign-in, verify, me, prices', figures);
