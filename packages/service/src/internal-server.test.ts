import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Health } from './health.ts';
import { startInternalServer } from './internal-server.ts';
import { Counter, createMetrics, createProcessMetrics, Gauge } from './metrics.ts';

describe('internal server', () => {
  const health = new Health();
  const metrics = createMetrics();
  let base = '';
  let server: Awaited<ReturnType<typeof startInternalServer>>;
  let kafkaAway = false;
  let services = [{ name: 'poller', health, metrics, stop: async () => {} }];

  before(async () => {
    health.add('kafka', async () => {
      if (kafkaAway) throw new Error('away');
    });
    new Counter({ name: 'cfd_poller_quotes_total', help: 'Quotes.', registers: [metrics] }).inc(7);
    server = await startInternalServer({
      host: '127.0.0.1',
      port: 0,
      services: () => services,
      metrics: [createProcessMetrics()],
    });
    base = `http://127.0.0.1:${server.port}`;
  });
  after(() => server.stop());

  it('is alive', async () => {
    const response = await fetch(`${base}/healthz`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ok' });
  });

  it('is ready, or says which service is not', async () => {
    assert.equal((await fetch(`${base}/readyz`)).status, 200);
    kafkaAway = true;
    const response = await fetch(`${base}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), {
      ready: false,
      services: { poller: { ready: false, checks: { kafka: 'away' } } },
    });
  });

  it('is not ready before a service has started', async () => {
    const started = services;
    services = [];
    const response = await fetch(`${base}/readyz`);
    services = started;
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { ready: false, services: {} });
  });

  it('shows every registry', async () => {
    const text = await (await fetch(`${base}/metrics`)).text();
    assert.match(text, /cfd_poller_quotes_total 7/);
    assert.match(text, /nodejs_eventloop_lag_seconds/);
    assert.match(text, /^cfd_build_info\{version="\d+\.\d+\.\d+"\} 1$/m);
  });

  it('shows which service is ready, and why not', async () => {
    const figures = async () => (await (await fetch(`${base}/metrics`)).text()).split('\n').filter(isReadiness);
    const isReadiness = (line: string) => line.startsWith('cfd_ready');
    kafkaAway = false;
    assert.deepEqual(await figures(), [
      'cfd_ready{service="poller"} 1',
      'cfd_ready_check{service="poller",check="kafka"} 1',
    ]);
    kafkaAway = true;
    assert.deepEqual(await figures(), [
      'cfd_ready{service="poller"} 0',
      'cfd_ready_check{service="poller",check="kafka"} 0',
    ]);
  });

  it('shows the other figures when one cannot be had, and says so', async () => {
    const text = async () => (await fetch(`${base}/metrics`)).text();
    assert.match(await text(), /^cfd_metrics_left_out 0$/m);
    for (const [name, collect] of [
      ['cfd_poller_broken', () => Promise.reject(new Error('broken'))],
      ['cfd_poller_hanging', () => new Promise<void>(() => {})],
    ] as const) {
      new Gauge({ name, help: 'No figure.', registers: [metrics], collect });
    }
    const answer = await text();
    metrics.removeSingleMetric('cfd_poller_broken');
    metrics.removeSingleMetric('cfd_poller_hanging');
    assert.match(answer, /^cfd_poller_quotes_total 7$/m);
    assert.match(answer, /^cfd_metrics_left_out 2$/m);
    assert.doesNotMatch(answer, /broken|hanging/);
  });

  it('knows nothing else', async () => assert.equal((await fetch(`${base}/`)).status, 404));
});
