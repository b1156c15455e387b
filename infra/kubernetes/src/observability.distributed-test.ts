import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import {
  COMPONENT,
  namesOf,
  objects,
  of,
  podsOf,
  portsOf,
  root,
  source,
  useChart,
} from './testing/chart-under-test.ts';
import { type KubernetesObject, selects } from './testing/rendered.ts';

useChart();

describe('observability', () => {
  it('scrapes every pod that has metrics', () => {
    interface PodMonitor extends KubernetesObject {
      readonly spec: {
        readonly jobLabel: string;
        readonly selector: {
          readonly matchLabels: Readonly<Record<string, string>>;
          readonly matchExpressions: readonly {
            readonly key: string;
            readonly operator: string;
            readonly values: readonly string[];
          }[];
        };
        readonly podMetricsEndpoints: readonly { readonly port: string; readonly path: string }[];
      };
    }
    const [monitor] = objects<PodMonitor>('cluster', 'PodMonitor');
    assert.ok(monitor);
    const { selector, podMetricsEndpoints } = monitor.spec;
    const [expression] = selector.matchExpressions;
    assert.equal(expression?.operator, 'In');
    const scraped = podsOf('cluster').filter(({ spec: { template } }) => {
      const { labels } = template.metadata;
      return selects(selector.matchLabels, labels) && expression?.values.includes(labels[expression.key] ?? '');
    });
    const measured = podsOf('cluster').filter((workload) => portsOf(workload).has('internal'));
    assert.deepEqual(namesOf(scraped), namesOf(measured));
    assert.equal(scraped.length, 4);
    assert.deepEqual(
      podMetricsEndpoints.map(({ port, path: at }) => [port, at]),
      [['internal', '/metrics']],
    );
    assert.equal(monitor.spec.jobLabel, COMPONENT);
  });

  it('has the alerts of infra/prometheus, every one and as they are', async () => {
    const [rule] = objects<KubernetesObject & { spec: { groups: unknown } }>('cluster', 'PrometheusRule');
    const files = await filesIn('infra/prometheus/rules', '.yml');
    const groups = files.flatMap((text) => (parse(text) as { groups: unknown[] }).groups);
    assert.ok(groups.length > 0);
    assert.deepEqual(rule?.spec.groups, groups);
  });

  it('has the dashboards of infra/grafana, every one and as they are', async () => {
    const [dashboards] = objects<KubernetesObject & { data: Readonly<Record<string, string>> }>('cluster', 'ConfigMap');
    const files = await filesIn('infra/grafana/dashboards', '.json');
    assert.ok(files.length > 0);
    assert.deepEqual(
      Object.values(dashboards?.data ?? {})
        .map((text) => text.trim())
        .sort(),
      files.map((text) => text.trim()).sort(),
    );
    assert.equal(dashboards?.metadata.labels.grafana_dashboard, '1');
    assert.ok(JSON.stringify(dashboards).length < 1_000_000, 'a ConfigMap holds at most 1 MiB');
  });

  it('is not there unless asked for', () => {
    const kinds = new Set(of('smallest').objects.map(({ kind }) => kind));
    for (const kind of ['PodMonitor', 'PrometheusRule', 'ConfigMap']) assert.ok(!kinds.has(kind));
  });
});

async function filesIn(folder: string, ending: string): Promise<readonly string[]> {
  const names = (await readdir(path.join(root, folder))).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(names.map((name) => source(path.join(folder, name))));
}
