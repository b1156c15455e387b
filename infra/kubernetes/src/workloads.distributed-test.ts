import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { topics } from '@repo/schemas';
import { describeSettings, loadConfig } from '@repo/service';
import { parse } from 'yaml';
import { schemasVersion, schemaViolations } from './schemas/schema-violations.ts';
import {
  COMPONENT,
  choices,
  containerOf,
  environmentOf,
  namesOf,
  of,
  podsOf,
  portsOf,
  source,
  useChart,
  valuesOf,
} from './testing/chart-under-test.ts';
import { programs } from './testing/programs.ts';
import { HOOK } from './testing/render.ts';
import { type KubernetesObject, selects } from './testing/rendered.ts';

useChart();

const kafkaUsers = new Set(['api-server', 'db-processor', 'trading-engine', 'poller']);

for (const choice of Object.keys(choices)) {
  describe(`with the values "${choice}"`, () => {
    it(`every object is what Kubernetes ${schemasVersion} takes`, () => {
      const violations = of(choice).objects.flatMap((object) =>
        schemaViolations(object).map((violation) => `${object.kind} ${object.metadata.name}: ${violation}`),
      );
      assert.deepEqual(violations, []);
    });

    it('no two objects have one name, and all names and labels are short enough', () => {
      const names = of(choice).objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      assert.deepEqual(names, [...new Set(names)]);
      for (const { metadata } of of(choice).objects) {
        assert.match(metadata.name, /^[a-z0-9][a-z0-9-]{0,62}$/);
        for (const value of Object.values(metadata.labels)) assert.match(value, /^[A-Za-z0-9][\w.-]{0,62}$/);
      }
    });

    it('nothing was left out of the templates', () => {
      assert.doesNotMatch(of(choice).text, /<no value>|<nil>|%!|map\[/);
    });

    it('there is no Secret, and nothing that is secret has a value', () => {
      assert.ok(!of(choice).objects.some(({ kind }) => kind === 'Secret'));
      for (const { component, schemas } of programs) {
        const secret = new Set(schemas.flatMap(describeSettings).flatMap(({ name, secret }) => (secret ? [name] : [])));
        const given = environmentOf(choice, component).filter(({ name }) => secret.has(name));
        assert.deepEqual(
          given.filter(({ value }) => value !== undefined),
          [],
        );
      }
    });

    for (const program of programs) {
      it(`${program.component} starts with its settings, and knows them all`, () => {
        const environment = valuesOf(environmentOf(choice, program.component));
        for (const schema of program.schemas) loadConfig(schema, environment);
        const known = new Set(program.schemas.flatMap((schema) => Object.keys(schema.shape)));
        const unknown = Object.keys(environment).filter((name) => !known.has(name) && name !== 'NODE_EXTRA_CA_CERTS');
        assert.deepEqual(unknown, []);
      });

      it(`${program.component} has its own secrets and no other’s`, () => {
        const login = choice === 'cluster' && kafkaUsers.has(program.component);
        const expected = [...program.secrets, ...(login ? ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_USERNAME'] : [])];
        const references = environmentOf(choice, program.component).filter(({ value }) => value === undefined);
        assert.deepEqual(references.map(({ name }) => name).sort(), expected.sort());
        for (const { name, valueFrom } of references) {
          const elsewhere = choice === 'cluster' && program.component === 'migrate' && name === 'DATABASE_URL';
          const own = { name: `cfd-broker-${program.component}`, key: name };
          assert.deepEqual(valueFrom?.secretKeyRef, elsewhere ? { name: 'broker-database-owner', key: 'uri' } : own);
        }
      });
    }

    it('pods can do no more than they must', () => {
      for (const { spec } of podsOf(choice)) {
        const [container] = spec.template.spec.containers;
        assert.equal(spec.template.spec.containers.length, 1);
        assert.equal(spec.template.spec.automountServiceAccountToken, false);
        assert.equal(spec.template.spec.enableServiceLinks, false);
        assert.deepEqual(spec.template.spec.securityContext, {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok(container.resources.requests.cpu && container.resources.requests.memory);
        // A limit of CPU would stop a process in the middle of a round of prices.
        assert.deepEqual(Object.keys(container.resources.limits), ['memory']);
      }
    });

    it('each pod has an account of its own, which has no token', () => {
      const accounts = of(choice).objects.filter(({ kind }) => kind === 'ServiceAccount');
      const used = podsOf(choice).map(({ spec }) => spec.template.spec.serviceAccountName);
      assert.deepEqual(accounts.map(({ metadata }) => metadata.name).sort(), used.sort());
      for (const account of accounts) {
        assert.equal(
          (account as KubernetesObject & { automountServiceAccountToken?: boolean }).automountServiceAccountToken,
          false,
        );
      }
    });

    it('a selector picks the pods of one Deployment', () => {
      const rest = of(choice);
      const labels = podsOf(choice).map(({ metadata, spec }) => ({
        name: metadata.name,
        labels: spec.template.metadata.labels,
      }));
      const picked = (matchLabels: Readonly<Record<string, string>>) =>
        labels.flatMap(({ name, labels: own }) => (selects(matchLabels, own) ? [name] : []));
      for (const { metadata, spec } of rest.deployments)
        assert.deepEqual(picked(spec.selector.matchLabels), [metadata.name]);
      for (const { metadata, spec } of rest.services) assert.deepEqual(picked(spec.selector), [metadata.name]);
      for (const { metadata, spec } of rest.budgets)
        assert.deepEqual(picked(spec.selector.matchLabels), [metadata.name]);
      for (const { metadata, spec } of rest.deployments) {
        for (const { labelSelector } of spec.template.spec.topologySpreadConstraints) {
          assert.deepEqual(picked(labelSelector.matchLabels), [metadata.name]);
        }
      }
    });

    it('every Deployment has a budget, which a node that is drained cannot be caught in', () => {
      const { deployments, budgets } = of(choice);
      assert.deepEqual(namesOf(budgets), namesOf(deployments));
      for (const { spec } of budgets) {
        assert.equal(spec.maxUnavailable, 1);
        assert.equal(spec.unhealthyPodEvictionPolicy, 'AlwaysAllow');
      }
    });

    it('a new version takes no pod away before its successor is ready', () => {
      for (const { spec } of of(choice).deployments) {
        assert.deepEqual(spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      }
    });

    it('ports are those that the programs listen on, and Services lead to them', () => {
      const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
        'api-server': { http: 'HTTP_PORT', ws: 'WS_PORT', internal: 'INTERNAL_PORT' },
        'db-processor': { internal: 'INTERNAL_PORT' },
        'trading-engine': { internal: 'INTERNAL_PORT' },
        poller: { internal: 'INTERNAL_PORT' },
        web: { http: 'WEB_PORT' },
      };
      for (const [component, ports] of Object.entries(settings)) {
        const environment = valuesOf(environmentOf(choice, component));
        const open = Object.fromEntries(portsOf(of(choice).component(component)));
        const expected = Object.entries(ports).map(([name, setting]) => [name, Number(environment[setting])]);
        assert.deepEqual(open, Object.fromEntries(expected));
        const [address, internal] = [environment.HOST, environment.INTERNAL_HOST];
        for (const host of [address, internal]) assert.ok(host === undefined || host === '0.0.0.0');
        assert.equal(internal === undefined, component === 'web');
        assert.equal(address !== undefined, component === 'api-server' || component === 'web');
      }
      const { services } = of(choice);
      assert.deepEqual(namesOf(services), ['broker-cfd-broker-api-server', 'broker-cfd-broker-web']);
      for (const { metadata, spec } of services) {
        const open = portsOf(of(choice).component(metadata.labels[COMPONENT] ?? ''));
        for (const { port, targetPort } of spec.ports) {
          assert.equal(open.get(targetPort), port);
          assert.notEqual(targetPort, 'internal');
        }
      }
    });

    it('a dependency that is away makes a pod not ready, and never ends it', () => {
      for (const workload of of(choice).deployments) {
        const container = containerOf(workload);
        const { startupProbe, livenessProbe, readinessProbe } = container;
        assert.ok(startupProbe && livenessProbe && readinessProbe);
        const web = container.name === 'web';
        const port = web ? 'http' : 'internal';
        const live = web ? '/icon.svg' : '/healthz';
        assert.deepEqual(startupProbe.httpGet, { path: live, port });
        assert.deepEqual(livenessProbe.httpGet, { path: live, port });
        assert.deepEqual(readinessProbe.httpGet, { path: web ? live : '/readyz', port });
        // Health gives each dependency 2 s to answer.
        assert.ok((readinessProbe.timeoutSeconds ?? 1) > 2);
        assert.ok(startupProbe.periodSeconds * startupProbe.failureThreshold >= 60);
        assert.ok(livenessProbe.periodSeconds * livenessProbe.failureThreshold >= 60);
      }
    });

    it('a pod that stops has the time for it', async () => {
      const bound = Number(
        /STEP_TIMEOUT_MS = ([\d_]+)/.exec(await source('packages/service/src/shutdown.ts'))?.[1]?.replaceAll('_', ''),
      );
      const shared = countSteps(await source('packages/service/src/run-service.ts'));
      for (const component of kafkaUsers) {
        const own = countSteps(await source(`apps/${component}/src/main.ts`));
        assert.ok(own >= 2 && shared >= 2);
        const delay = Number(valuesOf(environmentOf(choice, component)).STOP_DELAY_MS ?? 0);
        const { terminationGracePeriodSeconds } = of(choice).component(component).spec.template.spec;
        assert.ok(
          terminationGracePeriodSeconds * 1000 > delay + (own + shared) * bound,
          `${component} may take ${delay + (own + shared) * bound} ms and has ${terminationGracePeriodSeconds} s`,
        );
      }
      const { terminationGracePeriodSeconds } = of(choice).component('web').spec.template.spec;
      assert.ok(
        terminationGracePeriodSeconds >
          (containerOf(of(choice).component('web')).lifecycle?.preStop.sleep.seconds ?? 0),
      );
    });
  });
}

describe('scale', () => {
  it('is the autoscaler’s for api-server and db-processor, within what they can use', () => {
    const { autoscalers, deployments } = of('smallest');
    assert.deepEqual(namesOf(autoscalers), ['broker-cfd-broker-api-server', 'broker-cfd-broker-db-processor']);
    for (const { metadata, spec } of autoscalers) {
      assert.deepEqual(spec.scaleTargetRef, { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name });
      assert.ok(spec.minReplicas >= 2 && spec.maxReplicas > spec.minReplicas);
    }
    const scaled = new Set(namesOf(autoscalers));
    for (const { metadata, spec } of deployments) {
      assert.equal(spec.replicas, scaled.has(metadata.name) ? undefined : 2, metadata.name);
    }
    const maximum = autoscalers.find(({ metadata }) => metadata.name.endsWith('db-processor'))?.spec.maxReplicas;
    assert.equal(maximum, topics['user-requests'].partitions);
  });

  it('is what was said without autoscalers', () => {
    const { autoscalers, deployments } = of('bare');
    assert.deepEqual(autoscalers, []);
    const replicas = Object.fromEntries(
      deployments.map(({ metadata, spec }) => [metadata.labels[COMPONENT], spec.replicas]),
    );
    assert.deepEqual(replicas, { 'api-server': 1, 'db-processor': 3, 'trading-engine': 2, poller: 2, web: 2 });
  });

  it('keeps the standby poller off the node of the active one, and two trading-engines off one node', () => {
    for (const component of ['poller', 'trading-engine']) {
      const [byNode] = of('smallest').component(component).spec.template.spec.topologySpreadConstraints;
      assert.equal(byNode?.topologyKey, 'kubernetes.io/hostname');
      assert.equal(byNode?.whenUnsatisfiable, 'DoNotSchedule');
    }
  });
});

describe('the migration', () => {
  it('runs before everything else of an install and an upgrade, with what it needs', () => {
    const hooks = of('cluster').objects.filter(({ metadata }) => metadata.annotations?.[HOOK] !== undefined);
    const order = hooks.map(({ kind, metadata }) => [kind, Number(metadata.annotations?.[`${HOOK}-weight`])] as const);
    assert.deepEqual(Object.fromEntries(order), { Job: 0, NetworkPolicy: -10, ServiceAccount: -10 });
    for (const { metadata } of hooks) {
      assert.equal(metadata.annotations?.[HOOK], 'pre-install,pre-upgrade');
      assert.equal(metadata.annotations?.[`${HOOK}-delete-policy`], 'before-hook-creation,hook-succeeded');
      assert.equal(metadata.labels[COMPONENT], 'migrate');
    }
    assert.equal(of('cluster').migration.spec.template.spec.restartPolicy, 'Never');
  });
});

describe('images', () => {
  it('have one tag, that of the chart unless another is named', async () => {
    const { appVersion } = parse(await source('infra/kubernetes/chart/Chart.yaml')) as { appVersion: string };
    const images = (choice: string) =>
      podsOf(choice)
        .map((workload) => containerOf(workload).image)
        .sort();
    const names = ['api-server', 'db-processor', 'migrate', 'poller', 'trading-engine', 'web'];
    assert.deepEqual(
      images('smallest'),
      names.map((name) => `cfd-broker/${name}:${appVersion}`),
    );
    assert.deepEqual(
      images('cluster'),
      names.map((name) => `registry.example.com/cfd-broker/${name}:1.4.0`),
    );
  });

  it('exist: the Dockerfile of infra/images builds each, for this user', async () => {
    const dockerfile = await source('infra/images/Dockerfile');
    assert.match(dockerfile, /^USER 1000:1000$/m);
    for (const { component } of programs) assert.ok(dockerfile.includes(component), component);
  });
});

describe('a private authority', () => {
  it('is trusted by every process that opens connections', () => {
    for (const workload of podsOf('cluster')) {
      const { env, volumeMounts } = containerOf(workload);
      const file = env.find(({ name }) => name === 'NODE_EXTRA_CA_CERTS')?.value ?? '';
      assert.equal(path.posix.dirname(file), volumeMounts?.find(({ name }) => name === 'certificates')?.mountPath);
      assert.ok(workload.spec.template.spec.volumes?.some(({ name }) => name === 'certificates'));
    }
    assert.doesNotMatch(of('smallest').text, /NODE_EXTRA_CA_CERTS|certificates/);
  });
});

/** Steps of a shutdown that a source adds. */
function countSteps(text: string): number {
  return text.match(/\bshutdown\.add\(/g)?.length ?? 0;
}
