import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditEvents, migrateDatabase, openDatabase, roleUrl } from '@repo/db';
import { createSecrets, findFreePort } from '@repo/service';
import { type Collector, startCollector } from '@repo/service/testing';

const ORIGIN = 'http://localhost:3000';

let collector: Collector;
let ownerUrl: string;
let apiUrl: string;
const running: Process[] = [];

interface Process {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ready: () => Promise<boolean>;
  output: string;
}

before(async () => {
  const { DATABASE_URL, KAFKA_BROKERS, REDIS_URL, SMTP_URL, PATH } = process.env;
  assert.ok(DATABASE_URL && KAFKA_BROKERS && REDIS_URL && SMTP_URL, 'npm run test:distributed starts the servers');
  ownerUrl = DATABASE_URL;
  collector = await startCollector();
  const secrets = await createSecrets();
  const { DB_PROCESSOR_PASSWORD, API_SERVER_PASSWORD, POLLER_PASSWORD, SEALING_PRIVATE_KEY, ...others } = secrets;
  const passwords = { db_processor: DB_PROCESSOR_PASSWORD, api_server: API_SERVER_PASSWORD, poller: POLLER_PASSWORD };
  await migrateDatabase(ownerUrl, passwords);
  const httpPort = String(await findFreePort());
  apiUrl = `http://127.0.0.1:${httpPort}`;
  const shared = { PATH, KAFKA_BROKERS, LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  await start('db-processor', {
    ...shared,
    SEALING_PRIVATE_KEY,
    DATABASE_URL: roleUrl(ownerUrl, 'db_processor', DB_PROCESSOR_PASSWORD),
  });
  await start('api-server', {
    ...shared,
    ...others,
    REDIS_URL,
    SMTP_URL,
    DATABASE_URL: roleUrl(ownerUrl, 'api_server', API_SERVER_PASSWORD),
    HTTP_PORT: httpPort,
    WS_PORT: String(await findFreePort()),
    WEB_ORIGINS: ORIGIN,
  });
  for (const one of running) await until(`${one.name} to be ready`, one.ready);
});
after(async () => {
  await Promise.all(
    running.map(async ({ child }) => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }),
  );
  await collector.close();
});

async function start(name: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const port = await findFreePort();
  const main = join(import.meta.dirname, '../../..', name, 'src/main.ts');
  const child = spawn(process.execPath, [main], {
    env: { ...environment, INTERNAL_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started: Process = {
    name,
    child,
    output: '',
    ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200,
  };
  child.stdout?.setEncoding('utf8').on('data', (text) => (started.output += text));
  running.push(started);
}

it('one request is one id and one trace in two processes, in the log, the database and the answer', async () => {
  const email = `${randomUUID()}@example.com`;
  const answer = await fetch(`${apiUrl}/api/v1/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: ORIGIN },
    body: JSON.stringify({ email, password: 'five green parrots sing' }),
  });
  assert.equal(answer.status, 401, await answer.text());
  const id = answer.headers.get('x-request-id');
  assert.match(id ?? '', /^[0-9a-f-]{36}$/);

  const traces = new Set<unknown>();
  for (const one of running) {
    const line = await until(`a line of ${one.name} with the id`, () =>
      one.output.split('\n').find((text) => text.includes(`"requestId":"${id}"`)),
    );
    traces.add((JSON.parse(line) as { traceId: string }).traceId);
  }
  assert.equal(traces.size, 1);

  const owner = openDatabase(ownerUrl);
  const audit = (await owner.db.select().from(auditEvents)).filter(({ subject }) => subject === email);
  await owner.close();
  assert.deepEqual(
    audit.map(({ kind, requestId }) => [kind, requestId]),
    [['signin-failed', id]],
  );

  const spans = await until('the spans', () => {
    const found = collector.spans.filter(({ traceId }) => traces.has(traceId));
    return found.length >= 7 && found;
  });
  const parentOf = (spanId: string | undefined) => spans.find((span) => span.spanId === spanId)?.name;
  assert.deepEqual(
    spans.map(({ service, name, parentSpanId }) => `${service}: ${name} < ${parentOf(parentSpanId)}`).sort(),
    [
      'api-server: POST /api/v1/signin < undefined',
      'api-server: process user-responses < send user-responses',
      'api-server: send user-requests < POST /api/v1/signin',
      'db-processor: process user-requests < send user-requests',
      'db-processor: send user-responses < process user-requests',
      'db-processor: transaction < process user-requests',
      'db-processor: verify password < process user-requests',
    ],
  );
});

/** Asks again, errors included, until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await sleep(50)) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch {
      // It has not started to listen yet.
    }
  }
  throw new Error(`waited a minute for ${what}`);
}
