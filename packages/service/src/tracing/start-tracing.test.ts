import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { ConfigError, type Environment } from '../config.ts';
import { findFreePort } from '../free-ports.ts';
import { createLogger } from '../logger.ts';
import { startCollector } from '../testing/start-collector.ts';
import { inSpan } from './in-span.ts';
import { activeRequestId, withRequestId } from './request-id.ts';
import { startTracing, type Tracing } from './start-tracing.ts';

const lines: string[] = [];
const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

/** Does something as a request does. */
async function request<R>(requestId: string, work: () => Promise<R>): Promise<R> {
  const span = trace.getTracer('test').startSpan('request', {}, ROOT_CONTEXT);
  const result = await context.with(trace.setSpan(withRequestId(ROOT_CONTEXT, requestId), span), work);
  span.end();
  return result;
}

describe('startTracing', () => {
  let running: Tracing | undefined;
  const start = (environment: Environment = {}) => {
    running = startTracing({ name: 'sample', environment, logger });
    return running;
  };
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    lines.length = 0;
  });

  it('puts the ids of a request into every line written within it, and into no other', async () => {
    start();
    const [one, two] = [randomUUID(), randomUUID()];
    const child = logger.child({ service: 'sample' });
    child.info('before');
    await Promise.all(
      [one, two].map((id) =>
        request(id, async () => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
          child.warn({ id }, 'within');
        }),
      ),
    );
    child.info('after');
    const within = told().filter(({ msg }) => msg === 'within');
    assert.equal(within.length, 2);
    for (const { id, requestId, traceId } of within) {
      assert.equal(requestId, id);
      assert.match(String(traceId), /^[0-9a-f]{32}$/);
    }
    assert.notEqual(within[0]?.traceId, within[1]?.traceId);
    for (const line of told().filter(({ msg }) => msg !== 'within')) {
      assert.deepEqual(Object.keys(line), ['level', 'time', 'service', 'msg']);
    }
  });

  it('hands the ids on, and believes no header that it did not write', async () => {
    start();
    const id = randomUUID();
    const headers: Record<string, string> = {};
    await request(id, async () => propagation.inject(context.active(), headers));
    assert.equal(headers['request-id'], id);
    assert.match(headers.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/, 'nobody records it');
    const read = (from: object) => context.with(propagation.extract(ROOT_CONTEXT, from), activeRequestId);
    assert.equal(read(headers), id);
    const strange = ['', 'x', id.toUpperCase(), `${id} `, `${id}\n"level":60`, 'a'.repeat(100_000), 7, null, [id]];
    for (const wrong of strange) assert.equal(read({ 'request-id': wrong }), undefined, String(wrong).slice(0, 50));
  });

  it('sends the spans to the collector, the last ones at the stop', async () => {
    const collector = await startCollector();
    const { stop } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/` });
    const failure = Object.assign(new Error('the password is hunter2'), { code: '57P01' });
    await request(randomUUID(), async () => {
      await inSpan('good', { attributes: { answer: 42 } }, async () => {});
      const cause = new Error('a query failed', { cause: failure });
      await assert.rejects(
        inSpan('bad', {}, () => Promise.reject(cause)),
        cause,
      );
    });
    assert.equal(await inSpan('outside of a request', {}, async () => 'done'), 'done');
    await stop();
    await collector.close();
    const [good, bad, root] = collector.spans;
    assert.deepEqual(
      collector.spans.map(({ service, name, parentSpanId, failed }) => [service, name, parentSpanId, failed]),
      [
        ['sample', 'good', root?.spanId, false],
        ['sample', 'bad', root?.spanId, true],
        ['sample', 'request', undefined, false],
      ],
    );
    assert.equal(good?.attributes.answer, 42);
    assert.deepEqual(bad?.attributes, { 'error.type': '57P01' });
    assert.deepEqual(lines, []);
  });

  it('sends the share that is asked for, and keeps the ids of the others', async () => {
    const collector = await startCollector();
    const { stop } = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '0.5',
    });
    for (let count = 0; count < 200; count += 1) await request(randomUUID(), async () => logger.info('within'));
    await stop();
    await collector.close();
    assert.ok(collector.spans.length > 50 && collector.spans.length < 150, `${collector.spans.length} of 200`);
    assert.equal(new Set(told().map(({ traceId }) => traceId)).size, 200);
  });

  it('drops the spans that the collector refuses, with one warning that belongs to no request', async () => {
    const collector = await startCollector({ status: 403 });
    const { stop } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    for (let count = 0; count < 3_000; count += 1) await request(randomUUID(), async () => {});
    await stop();
    await collector.close();
    assert.equal(lines.length, 1, lines.join(''));
    const [warning] = told();
    assert.equal(warning?.msg, 'the collector takes no traces: they are dropped');
    assert.equal(warning.level, 40);
    assert.equal(warning.reason, 'Forbidden');
    assert.equal('requestId' in warning, false);
  });

  it('stops in time when the collector is away, and says what is lost', async () => {
    const { stop } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await findFreePort()}` });
    await request(randomUUID(), async () => {});
    const before = performance.now();
    await stop();
    assert.ok(performance.now() - before < 10_000);
    assert.deepEqual(
      told().map(({ level, msg }) => [level, msg]),
      [[40, 'the collector did not take the last traces in time']],
    );
  });

  it('refuses settings that make no sense in a sentence', () => {
    for (const [environment, sentence] of [
      [
        { OTEL_EXPORTER_OTLP_ENDPOINT: 'otel-collector:4318' },
        'OTEL_EXPORTER_OTLP_ENDPOINT is "otel-collector:4318": it must be a URL such as http://otel-collector:4318.',
      ],
      [
        { OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://otel-collector:4317' },
        'OTEL_EXPORTER_OTLP_ENDPOINT is "grpc://otel-collector:4317": it must be a URL such as http://otel-collector:4318.',
      ],
      [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG is "1.5": it must be a number from 0 to 1.'],
      [{ OTEL_TRACES_SAMPLER_ARG: 'half' }, 'OTEL_TRACES_SAMPLER_ARG is "half": it must be a number from 0 to 1.'],
    ] as const) {
      assert.throws(() => start(environment), new ConfigError(sentence));
    }
  });

  it('is for once in a process, until it is stopped', async () => {
    const { stop } = start();
    assert.throws(() => startTracing({ name: 'other', environment: {}, logger }), /runs already/);
    await stop();
    start();
  });
});
