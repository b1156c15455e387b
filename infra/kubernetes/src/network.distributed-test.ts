import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  COMPONENT,
  chart,
  environmentOf,
  of,
  podsOf,
  smallest,
  useChart,
  valuesOf,
} from './testing/chart-under-test.ts';
import type { Rendered } from './testing/render.ts';
import { type NetworkPolicy, selects } from './testing/rendered.ts';
import { mergeValues } from './values-files.ts';

useChart();

describe('the way in', () => {
  it('leads by one name to the API, the price stream and the web app, with TLS', () => {
    const { ingresses, services } = of('cluster');
    assert.equal(ingresses.length, 1);
    const spec = ingresses[0]?.spec;
    assert.deepEqual(spec?.tls, [{ hosts: ['trade.example.com'], secretName: 'trade-example-com' }]);
    assert.deepEqual(
      spec?.rules.map(({ host }) => host),
      ['trade.example.com'],
    );
    const routes = spec?.rules[0]?.http.paths.map(({ path: at, pathType, backend }) => {
      const service = services.find(({ metadata }) => metadata.name === backend.service.name);
      const port = service?.spec.ports.find(({ name }) => name === backend.service.port.name);
      return [at, pathType, service?.metadata.labels[COMPONENT], port?.port];
    });
    assert.deepEqual(routes, [
      ['/api/v1', 'Prefix', 'api-server', 3001],
      ['/ws', 'Exact', 'api-server', 8080],
      ['/', 'Prefix', 'web', 3000],
    ]);
    assert.deepEqual(of('smallest').ingresses, []);
  });

  it('is what the pages are told', () => {
    const web = valuesOf(environmentOf('cluster', 'web'));
    assert.equal(web.API_URL, 'https://trade.example.com');
    assert.equal(web.WS_URL, 'wss://trade.example.com/ws');
    assert.equal(valuesOf(environmentOf('cluster', 'api-server')).WEB_ORIGINS, web.API_URL);
    const near = new URL(web.API_INTERNAL_URL ?? '');
    const service = of('cluster').services.find(({ metadata }) => metadata.name === near.hostname);
    assert.ok(service?.spec.ports.some(({ name, port }) => name === 'http' && port === Number(near.port)));
    assert.equal(valuesOf(environmentOf('bare', 'web')).WS_URL, 'ws://192.0.2.7:8000/ws');
  });
});

describe('network policies', () => {
  it('refuse everything to every pod, the migration’s too, before they allow', () => {
    const [everything] = of('cluster').policies.filter(({ metadata }) => metadata.labels[COMPONENT] === undefined);
    assert.ok(everything);
    assert.deepEqual(everything.spec.policyTypes, ['Ingress', 'Egress']);
    assert.equal(everything.spec.ingress ?? everything.spec.egress, undefined);
    for (const { spec } of podsOf('cluster')) {
      assert.ok(selects(everything.spec.podSelector.matchLabels, spec.template.metadata.labels));
    }
    assert.deepEqual(of('bare').policies, []);
  });

  it('let each pod reach what its settings name, and nothing else', () => {
    const base = { dns: '53', postgres: '5432', redis: '6379', mail: '465 587', traces: '4318', exchange: '443' };
    const kafka = '9093';
    assert.deepEqual(
      portsOut(of('cluster'), 'api-server'),
      sorted(base.dns, kafka, base.redis, base.postgres, base.mail, base.traces),
    );
    for (const name of ['db-processor', 'trading-engine']) {
      assert.deepEqual(portsOut(of('cluster'), name), sorted(base.dns, kafka, base.postgres, base.traces), name);
    }
    assert.deepEqual(
      portsOut(of('cluster'), 'poller'),
      sorted(base.dns, kafka, base.redis, base.postgres, base.exchange, base.traces),
    );
    assert.deepEqual(portsOut(of('cluster'), 'web'), sorted(base.dns, '3001'));
    assert.deepEqual(portsOut(of('cluster'), 'migrate'), sorted(base.dns, base.postgres));
    assert.deepEqual(portsOut(of('smallest'), 'db-processor'), sorted(base.dns, '9092', base.postgres));
  });

  it('agree with the ports of the brokers', () => {
    for (const choice of ['smallest', 'cluster']) {
      const brokers = valuesOf(environmentOf(choice, 'poller')).KAFKA_BROKERS?.split(',') ?? [];
      assert.ok(brokers.length > 0);
      for (const broker of brokers)
        assert.ok(portsOut(of(choice), 'poller').includes(Number(broker.split(':').at(-1))));
    }
  });

  it('let nobody but the monitoring reach health and metrics', () => {
    for (const { spec } of of('cluster').policies) {
      for (const { from, ports } of spec.ingress ?? []) {
        if (!ports.some(({ port }) => port === 9464)) continue;
        assert.deepEqual(ports, [{ port: 9464, protocol: 'TCP' }]);
        assert.deepEqual(from, [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
        ]);
      }
    }
  });

  it('let in who must come in, and never everybody', () => {
    assert.deepEqual(portsIn(of('cluster'), 'api-server'), [3001, 3001, 8080, 9464]);
    assert.deepEqual(portsIn(of('cluster'), 'web'), [3000]);
    for (const name of ['db-processor', 'trading-engine', 'poller']) {
      assert.deepEqual(portsIn(of('cluster'), name), [9464], name);
    }
    assert.deepEqual(portsIn(of('cluster'), 'migrate'), []);
    for (const { spec } of of('cluster').policies) {
      for (const { from } of spec.ingress ?? []) assert.ok((from ?? []).length > 0);
    }
    const web = of('cluster').component('web').spec.template.metadata.labels;
    const rules = policyOf(of('cluster'), 'api-server').spec.ingress ?? [];
    const fromPods = rules.filter(({ from }) => from?.some(({ podSelector }) => podSelector !== undefined));
    assert.deepEqual(
      fromPods.map(({ ports }) => ports),
      [[{ port: 3001, protocol: 'TCP' }]],
    );
    for (const { from } of fromPods) {
      for (const peer of from ?? []) assert.ok(selects(peer.podSelector?.matchLabels ?? {}, web));
    }
  });

  it('keep the poller out of private networks, and from everywhere when prices are simulated', async () => {
    const exchange = policyOf(of('smallest'), 'poller').spec.egress?.find(({ ports }) =>
      ports.some(({ port }) => port === 443),
    );
    assert.deepEqual(
      exchange?.to?.map(({ ipBlock }) => ipBlock?.cidr),
      ['0.0.0.0/0'],
    );
    const simulated = await chart().render(mergeValues(smallest, { poller: { priceSource: 'simulated' } }));
    assert.ok(!portsOut(simulated, 'poller').includes(443));
  });
});

function policyOf({ policies }: Rendered, component: string): NetworkPolicy {
  const found = policies.find(({ metadata }) => metadata.labels[COMPONENT] === component);
  assert.ok(found);
  return found;
}

function portsOut(chosen: Rendered, component: string): readonly number[] {
  const ports = policyOf(chosen, component).spec.egress?.flatMap((rule) => rule.ports.map(({ port }) => port)) ?? [];
  return [...new Set(ports)].sort((one, other) => one - other);
}

function portsIn(chosen: Rendered, component: string): readonly number[] {
  const rules = policyOf(chosen, component).spec.ingress ?? [];
  return rules.flatMap(({ ports }) => ports.map(({ port }) => port)).sort((one, other) => one - other);
}

function sorted(...ports: readonly string[]): readonly number[] {
  return ports
    .flatMap((several) => several.split(' '))
    .map(Number)
    .sort((one, other) => one - other);
}
