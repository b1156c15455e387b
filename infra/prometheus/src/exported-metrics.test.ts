import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { startStandbyPoller } from '@repo/poller';
import { createProcessMetrics, type RunningService, startInternalServer } from '@repo/service';
import { startTestStack, type TestStack } from '@repo/standalone/testing';
import { dashboards } from './dashboards/index.ts';
import { parseExpression, type Selector } from './promql.ts';
import { readAlerts, repository } from './read-files.ts';

interface Exported {
  readonly labels: Set<string>;
  readonly series: Readonly<Record<string, string>>[];
}

/** What Prometheus adds to every series, and its own. */
const targetLabels = ['job', 'instance'];
const ofPrometheus = new Map<string, Exported>([
  ['up', { labels: new Set(), series: [{}] }],
  [
    'ALERTS',
    { labels: new Set(['alertname', 'alertstate']), series: [{ alertname: 'FeedDown', alertstate: 'firing' }] },
  ],
]);

describe('what alerts and dashboards ask for is what services export', () => {
  let stack: TestStack;
  let standby: RunningService;
  let exported: ReadonlyMap<string, Exported>;

  before(async () => {
    stack = await startTestStack();
    // Standalone has one poller and no lease; its twin waits here for one that never comes.
    standby = startStandbyPoller({
      config: { PRICE_SOURCE: 'simulated' } as never,
      logger: { info: () => {} } as never,
      kafka: stack.kafka,
      prices: stack.redis.prices,
      lease: {
        hold: (_name, _holder, _ttlMs, signal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
      },
      holder: 'twin',
      leaseMs: 1_000,
    });
    const services = [standby, ...stack.services];
    const processMetrics = createProcessMetrics();
    const internal = await startInternalServer({
      host: '127.0.0.1',
      port: 0,
      services: () => services,
      metrics: [processMetrics],
    });
    // A request that fails, for alerts ask for it.
    stack.broker.interrupt();
    const client = createApiClient({ baseUrl: stack.apiUrl, origin: stack.webOrigin, cookies: createCookieJar() });
    await assert.rejects(client.signup({ email: 'ada@example.com', password: 'correct horse battery staple' }));
    stack.broker.restore();

    const response = await fetch(`http://127.0.0.1:${internal.port}/metrics`);
    exported = readExported(await response.text());
    // A labelled figure that has not happened yet has no series, but its label names.
    for (const registry of [...services.map(({ metrics }) => metrics), processMetrics]) {
      for (const metric of registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[]) {
        for (const label of metric.labelNames) exported.get(metric.name)?.labels.add(label);
      }
    }
    await internal.stop();
  });
  after(async () => {
    await standby?.stop();
    await stack?.stop();
  });

  function find({ metric }: Selector): Exported {
    const base = metric.replace(/_(bucket|count|sum)$/, '');
    const found = ofPrometheus.get(metric) ?? exported.get(metric) ?? exported.get(base);
    assert.ok(found, `no service exports ${metric}`);
    const bucket = metric.endsWith('_bucket') ? ['le'] : [];
    const alsoOf = [...found.labels, ...(exported.get(base)?.labels ?? []), ...bucket];
    return { ...found, labels: new Set([...alsoOf, ...targetLabels]) };
  }

  /** Every selector finds a series, and every label that is named exists. */
  function check(expression: string, namedLabels: readonly string[]): void {
    const { selectors, groupingLabels } = parseExpression(expression);
    assert.ok(selectors.length > 0, expression);
    const known = new Set<string>();
    for (const selector of selectors) {
      const { labels, series } = find(selector);
      for (const label of labels) known.add(label);
      const matchers = selector.matchers.filter(({ label }) => !targetLabels.includes(label));
      for (const { label } of matchers) assert.ok(labels.has(label), `${selector.metric} has no label ${label}`);
      if (matchers.length === 0) continue;
      const matching = series.filter((of) => matchers.every((matcher) => matches(of[matcher.label] ?? '', matcher)));
      assert.ok(matching.length > 0, `no series of ${selector.metric} matches ${JSON.stringify(matchers)}`);
    }
    for (const label of [...groupingLabels, ...namedLabels]) {
      assert.ok(known.has(label), `${label} is no label of ${expression}`);
    }
  }

  for (const { alert, expr, annotations } of readAlerts()) {
    it(`alert ${alert}`, () => {
      const texts = Object.values(annotations).join(' ');
      check(
        expr,
        [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string),
      );
    });
  }

  for (const file of globSync('docs/runbooks/*.md', { cwd: repository })) {
    it(`runbook ${path.basename(file)}`, () => {
      const text = readFileSync(path.join(repository, file), 'utf8');
      const queries = [...text.matchAll(/^```promql\n(.+?)\n```$/gms)].flatMap(([, lines = '']) => lines.split('\n'));
      for (const query of queries) check(query, []);
    });
  }

  for (const { title, panels } of Object.values(dashboards)) {
    it(`dashboard ${title}`, () => {
      for (const { targets = [] } of (panels ?? []) as Panel[]) {
        for (const target of targets) {
          const { expr, legendFormat } = target as unknown as { expr: string; legendFormat: string };
          check(
            expr,
            [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string),
          );
        }
      }
    });
  }

  it('would notice a metric, a label or a value that does not exist', () => {
    assert.throws(() => check('sum(cfd_poller_no_such_total)', []), /no service exports/);
    assert.throws(() => check('sum by (colour) (cfd_poller_active)', []), /colour is no label/);
    assert.throws(() => check('cfd_poller_asset_status{status="asleep"}', []), /no series/);
    assert.throws(() => check('cfd_poller_asset_status{state="live"}', []), /no label state/);
    assert.throws(() => check('cfd_poller_active', ['colour']), /colour is no label/);
    assert.throws(() => check('sum(', []), SyntaxError);
  });
});

function matches(value: string, matcher: Selector['matchers'][number]): boolean {
  const whole = new RegExp(`^(?:${matcher.value})$`);
  if (matcher.operator === '=') return value === matcher.value;
  if (matcher.operator === '!=') return value !== matcher.value;
  return matcher.operator === '=~' ? whole.test(value) : !whole.test(value);
}

/** Reads Prometheus's text format, by the name of each series and of each metric. */
function readExported(text: string): Map<string, Exported> {
  const exported = new Map<string, Exported>();
  const of = (name: string) => {
    const found = exported.get(name) ?? { labels: new Set<string>(), series: [] };
    exported.set(name, found);
    return found;
  };
  for (const line of text.split('\n')) {
    const declared = /^# TYPE (\S+)/.exec(line)?.[1];
    if (declared !== undefined) of(declared);
    const [, name, labelText = ''] = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? \S+$/i.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = Object.fromEntries([...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, k, v]) => [k, v]));
    const metric = of(name);
    metric.series.push(labels as Record<string, string>);
    for (const label of Object.keys(labels)) metric.labels.add(label);
  }
  return exported;
}
