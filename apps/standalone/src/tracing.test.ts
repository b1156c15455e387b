import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '@repo/api-server/testing';
import { auditEvents } from '@repo/db';
import { createLogger, startTracing, type Tracing } from '@repo/service';
import { type CollectedSpan, type Collector, startCollector } from '@repo/service/testing';
import { startTestStack, type TestStack } from './testing/start-test-stack.ts';

const PASSWORD = 'five green parrots sing';
const CLIENTS_OWN = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

interface Line {
  readonly service: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly route?: string;
  readonly type?: string;
}

describe('a request', () => {
  let collector: Collector;
  let tracing: Tracing;
  let stack: TestStack;
  const browser = () => new Browser({ url: stack.apiUrl, origin: stack.webOrigin });
  const lines = () =>
    stack
      .logs()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id') ?? assert.fail('no x-request-id');

  before(async () => {
    collector = await startCollector();
    tracing = startTracing({
      name: 'standalone',
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
      logger: createLogger({ level: 'silent' }),
    });
    stack = await startTestStack({ SIGNINS_PER_10_SECONDS: '1000', SIGNUPS_PER_10_MINUTES: '1000' });
  });
  after(async () => {
    await stack.stop();
    await tracing.stop();
    await collector.close();
  });

  it('is known by one id in the answer, in the log lines of both services and in the audit table', async () => {
    const email = `${randomUUID()}@example.com`;
    const answer = await browser().signUp(stack.mailbox, email, PASSWORD);
    assert.equal(answer.status, 201);
    const id = idOf(answer);
    const own = await until(() => {
      const found = lines().filter(({ requestId }) => requestId === id);
      return found.length >= 2 && found.some(({ msg }) => msg === 'answered') && found;
    });
    assert.deepEqual(own.map(({ service, msg }) => `${service}: ${msg}`).sort(), [
      'api-server: answered',
      'db-processor: request settled',
    ]);
    const [traceId] = own.map((line) => line.traceId);
    assert.match(traceId ?? '', /^[0-9a-f]{32}$/);
    assert.ok(own.every((line) => line.traceId === traceId));
    for (const line of stack.logs().split('\n')) assert.ok(line.split('"requestId"').length <= 2, line);

    const rows = await stack.databases.dbProcessor.db.select().from(auditEvents);
    const created = rows.find(({ kind, subject }) => kind === 'user-created' && subject === email);
    assert.equal(created?.requestId, id);
    const asked = await until(async () =>
      (await stack.databases.dbProcessor.db.select().from(auditEvents)).find(
        ({ kind, subject }) => kind === 'signup-requested' && subject === email,
      ),
    );
    assert.notEqual(asked.requestId, id, 'another request of the same sign-up');
    assert.ok(lines().some(({ requestId, route }) => requestId === asked.requestId && route === '/api/v1/signup'));
  });

  it('keeps its id to itself among many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const sent = await browser().post('/api/v1/signup', {
          email: `${randomUUID()}@example.com`,
          password: PASSWORD,
        });
        assert.equal(sent.status, 202);
        return idOf(sent);
      }),
    );
    assert.equal(new Set(answers).size, 20);
    await until(() =>
      answers.every((id) => lines().some(({ requestId, msg }) => requestId === id && msg === 'answered')),
    );
    for (const id of answers) {
      const own = lines().filter(({ requestId }) => requestId === id);
      assert.deepEqual(own.map(({ service }) => service).sort(), ['api-server', 'db-processor'], id);
      assert.equal(new Set(own.map(({ traceId }) => traceId)).size, 1);
    }
    // Prices go on meanwhile, and belong to nobody.
    assert.ok(lines().every(({ service, requestId }) => service !== 'poller' || requestId === undefined));
  });

  it('keeps it when its body comes late', async () => {
    const sending = httpRequest(`${stack.apiUrl}/api/v1/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.webOrigin },
    });
    const body = JSON.stringify({ email: `${randomUUID()}@example.com`, password: PASSWORD });
    sending.write(body.slice(0, 10));
    await sleep(50);
    sending.end(body.slice(10));
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 202);
    const id = answer.headers['x-request-id'];
    await until(() => lines().some(({ service, requestId }) => service === 'db-processor' && requestId === id));
  });

  it('that is refused or goes wrong is logged under its id too', async () => {
    const broken = await browser().post('/api/v1/signin', undefined);
    assert.equal(broken.status, 400);
    stack.broker.interrupt();
    const refused = await browser().post('/api/v1/signup', {
      email: `${randomUUID()}@example.com`,
      password: PASSWORD,
    });
    stack.broker.restore();
    assert.equal(refused.status, 503);
    for (const id of [idOf(broken), idOf(refused)]) {
      await until(() => lines().some(({ requestId, msg }) => requestId === id && msg === 'answered'));
    }
    assert.ok(lines().some(({ requestId, msg }) => requestId === idOf(refused) && msg === 'request refused'));
  });

  it('is one trace across the services, with no secret in it', async () => {
    const email = `${randomUUID()}@example.com`;
    await browser().signUp(stack.mailbox, email, PASSWORD);
    const answer = await browser().post('/api/v1/signin', { email, password: PASSWORD }, { traceparent: CLIENTS_OWN });
    assert.equal(answer.status, 200);
    const id = idOf(answer);
    const root = await until(() => collector.spans.find((span) => span.attributes['cfd_broker.request_id'] === id));
    const trace = await until(() => {
      const spans = collector.spans.filter(({ traceId }) => traceId === root.traceId);
      return spans.some(({ name }) => name === 'process user-responses') && spans;
    });

    assert.equal(root.parentSpanId, undefined);
    assert.ok(!CLIENTS_OWN.includes(root.traceId), 'a trace of its own, whatever the client says');
    assert.deepEqual(treeOf(trace, root), [
      'POST /api/v1/signin',
      '  send user-requests',
      '    process user-requests',
      '      send user-responses',
      '        process user-responses',
      '      transaction',
      '      verify password',
    ]);
    assert.partialDeepStrictEqual(root.attributes, {
      'http.request.method': 'POST',
      'http.route': '/api/v1/signin',
      'http.response.status_code': 200,
    });
    const handled = trace.find(({ name }) => name === 'process user-requests');
    assert.partialDeepStrictEqual(handled?.attributes, {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'user-requests',
      'messaging.operation.type': 'process',
    });
    const told = JSON.stringify(collector.spans);
    for (const secret of [email, '@example.com', PASSWORD, '127.0.0.1']) assert.ok(!told.includes(secret), secret);
  });

  it('sends mails in its own name, and an outage marks what failed', async () => {
    const mails = () => collector.spans.filter(({ name }) => name === 'send mail');
    const roots = new Map(collector.spans.filter(({ kind }) => kind === 2).map((span) => [span.spanId, span.name]));
    assert.ok(mails().length > 0);
    for (const { parentSpanId } of mails()) assert.equal(roots.get(parentSpanId ?? ''), 'POST /api/v1/signup');
    const failed = collector.spans.filter(({ failed: wrong }) => wrong);
    assert.deepEqual(failed.map(({ name, attributes }) => `${name}: ${String(attributes['error.type'])}`).sort(), [
      'POST /api/v1/signup: 503',
      'send user-requests: KafkaUnavailableError',
    ]);
  });
});

/** The answer, once there is one; spans are sent every five seconds. */
async function until<T>(ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(5)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`never came true: ${ask.toString()}`);
}

/** Names of a trace's spans, each below its parent, siblings by name. */
function treeOf(spans: readonly CollectedSpan[], root: CollectedSpan, depth = 0): string[] {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  const branches = below.map((child) => treeOf(spans, child, depth + 1)).sort((a, b) => (a.join() < b.join() ? -1 : 1));
  return [`${'  '.repeat(depth)}${root.name}`, ...branches.flat()];
}
