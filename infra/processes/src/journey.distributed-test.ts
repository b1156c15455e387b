import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { createLogger, loadConfig } from '@repo/service';
import { processesConfigSchema } from './config.ts';
import { type RunningProcesses, startProcesses } from './start-processes.ts';
import { findServicePorts } from './testing/service-ports.ts';

const ORIGIN = 'http://localhost:3000';
const PASSWORD = 'correct horse battery staple';
const PATIENCE_MS = 30_000;

describe('two api-servers, two db-processors, a poller and its standby on real servers', () => {
  let stateDir: string;
  let running: RunningProcesses;
  const api: string[] = [];
  const crashes: string[] = [];
  let mails: string;

  before(async () => {
    const { MAIL_PAGE_URL } = process.env;
    assert.ok(MAIL_PAGE_URL, 'MAIL_PAGE_URL is not set: npm run test:distributed starts the servers and sets it');
    mails = `${MAIL_PAGE_URL}/mails`;
    stateDir = await mkdtemp(join(tmpdir(), 'cfd-broker-journey-'));
    const ports = await findServicePorts();
    const environment = {
      ...process.env,
      HTTP_PORT: String(ports.HTTP_PORT),
      WS_PORT: String(ports.WS_PORT),
      INTERNAL_PORT: String(ports.INTERNAL_PORT),
      STATE_DIR: stateDir,
      WEB_ORIGINS: ORIGIN,
      API_SERVERS: '2',
      PRICE_SOURCE: 'simulated',
      POLLER_LEASE_MS: '2000',
      SIGNUPS_PER_10_MINUTES: '1000',
      SIGNINS_PER_10_SECONDS: '1000',
      CODE_TRIES_PER_10_SECONDS: '1000',
    };
    const config = loadConfig(processesConfigSchema, environment);
    api.push(...[0, 10].map((above) => `http://127.0.0.1:${config.HTTP_PORT + above}`));
    running = await startProcesses({
      config,
      environment,
      logger: createLogger({ level: 'silent' }),
      withWeb: false,
      onStep: () => {},
      onCrash: (sentence) => crashes.push(sentence),
      signal: new AbortController().signal,
    });
  });
  after(async () => {
    await running?.stop();
    await rm(stateDir, { recursive: true, force: true });
  });

  const client = (index: number, cookies = createCookieJar()) =>
    createApiClient({ baseUrl: api[index] as string, origin: ORIGIN, cookies });
  const process_ = (name: string) => {
    const found = running.processes.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  };

  /** The code mailed to an address. */
  async function codeFor(email: string): Promise<string> {
    return until('the mail', async () => {
      const list = (await (await fetch(mails)).json()) as { to: string; text: string }[];
      const mail = list.find(({ to }) => to.includes(email));
      return mail && /\b[0-9]{6}\b/.exec(mail.text)?.[0];
    });
  }

  async function newestPrice(index: number): Promise<number> {
    const { prices } = await client(index).prices();
    return Math.max(0, ...prices.filter(({ status }) => status === 'live').map(({ sequence }) => sequence ?? 0));
  }

  it('signs up at one api-server and goes on at the other', async () => {
    const email = `journey-${Date.now()}@example.com`;
    const cookies = createCookieJar();
    await client(0, cookies).signup({ email, password: PASSWORD });
    await client(1, cookies).verifyOtp({ email, otp: await codeFor(email) });
    for (const index of [0, 1]) assert.equal((await client(index, cookies).me()).user.email, email);
    const again = createCookieJar();
    await client(1, again).signin({ email, password: PASSWORD });
    assert.equal((await client(0, again).me()).user.email, email);
    await client(0, again).logout();
    await assert.rejects(client(1, again).me(), 'a session that ended at one has ended at the other');
  });

  it('serves all prices from both', async () => {
    for (const index of [0, 1]) {
      const assets = await until('five live prices', async () => {
        const live = (await client(index).prices()).prices.filter(({ status }) => status === 'live');
        return live.length === 5 ? live.map(({ asset }) => asset).sort() : undefined;
      });
      assert.deepEqual(assets, ['BNB_USDC', 'BTC_USDC', 'DOGE_USDC', 'ETH_USDC', 'SOL_USDC']);
    }
  });

  it('goes on with the standby when a poller is killed, whichever was active', async () => {
    for (const name of ['poller-1', 'poller-2']) {
      process_(name).signal('SIGKILL');
      const before = await newestPrice(0);
      await sleep(200);
      await until('newer prices', async () => (await newestPrice(0)) > before);
    }
  });

  it('loses no acknowledged sign-up to killed db-processors', async () => {
    const signedUp: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      process_(`db-processor-${(round % 2) + 1}`).signal('SIGKILL');
      const email = `kill-${round}-${Date.now()}@example.com`;
      const cookies = createCookieJar();
      await until('the sign-up', async () => {
        await client(0, cookies).signup({ email, password: PASSWORD });
        return true;
      });
      const otp = await codeFor(email);
      await until('the session', async () => {
        const { user } = await client(1, cookies).verifyOtp({ email, otp });
        return user;
      });
      signedUp.push(email);
    }
    for (const email of signedUp) {
      const cookies = createCookieJar();
      const { user } = await until('the sign-in', () => client(0, cookies).signin({ email, password: PASSWORD }));
      assert.equal(user.email, email);
    }
  });

  it('serves from one api-server while the other is away, and from both again', async () => {
    process_('api-server-1').signal('SIGKILL');
    assert.ok((await client(1).prices()).prices.length > 0);
    await until('the first one', async () => (await client(0).prices()).prices.length > 0);
    assert.ok(crashes.length > 0);
  });
});

/** Asks again, errors included, until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  let last: unknown;
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; ) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`waited ${PATIENCE_MS} ms for ${what}`, { cause: last });
}
