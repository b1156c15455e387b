import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseEnv } from 'node:util';
import { readDockerfile } from '@repo/images/dockerfile';
import { knownVariables, type ServiceName, serviceSettings } from '@repo/images/settings';
import { loadConfig } from '@repo/service';
import { parse } from 'yaml';
import { createEnvironment } from './create-environment.ts';
import { composeFile, readComposeFile } from './read-compose-file.ts';
import { resolveVariables } from './resolve-variables.ts';

const folder = path.dirname(composeFile);
const compose = readComposeFile();
const stages = readDockerfile(readFileSync(path.join(folder, '../images/Dockerfile'), 'utf8'));
const own = Object.keys(serviceSettings) as ServiceName[];
const SECRET_NAME = /SECRET|PASSWORD|_KEY$|DATABASE_URL|REDIS_URL/;

function service(name: string) {
  const found = compose.services[name];
  assert.ok(found, name);
  return found;
}

const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

describe('docker-compose.yml', () => {
  let directory: string;
  let secrets: NodeJS.Dict<string>;
  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'cfd-broker-compose-'));
    await createEnvironment(path.join(directory, '.env'));
    secrets = parseEnv(readFileSync(path.join(directory, '.env'), 'utf8'));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** What the program in a container finds in its environment. */
  function environmentOf(name: ServiceName, values = secrets): Record<string, string> {
    const image = stages.find((stage) => stage.name === service(name).build?.target);
    const ofImage = image?.steps.flatMap((step) => (step.kind === 'ENV' ? [step.variables] : [])) ?? [];
    const resolved = Object.entries(service(name).environment).map(([variable, text]) => [
      variable,
      resolveVariables(text, values),
    ]);
    return Object.assign({}, ...ofImage, Object.fromEntries(resolved)) as Record<string, string>;
  }

  it('builds each service of the Dockerfile, and takes every other image by its version', () => {
    for (const [name, { image, build }] of Object.entries(compose.services)) {
      if (own.includes(name as ServiceName)) {
        assert.equal(image, `cfd-broker/${name}:\${TAG:-local}`);
        assert.ok(build !== undefined, name);
        assert.ok(existsSync(path.join(folder, build.context, build.dockerfile)));
        assert.deepEqual([build.target, build.args.SERVICE], name === 'web' ? ['web', undefined] : ['service', name]);
        assert.ok(stages.some((stage) => stage.name === build.target));
      } else {
        assert.equal(build, undefined, name);
        assert.match(image, /:v?\d+[\w.-]*$/, name);
      }
    }
    const pom = read('../native/src/kafka/pom.xml');
    const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(pom)?.[1];
    assert.equal(service('kafka').image, `apache/kafka:${version}`, 'the one that the tests run on');
  });

  for (const name of own) {
    it(`gives ${name} what it needs, and nothing that it does not know`, () => {
      const known = knownVariables(name);
      for (const variable of Object.keys(service(name).environment)) assert.ok(known.has(variable), variable);
      const environment = environmentOf(name);
      for (const schema of serviceSettings[name]) loadConfig(schema, environment);
    });
  }

  it('does not start without its secrets, and names the command that makes them', () => {
    for (const name of own.filter((one) => one !== 'web')) {
      assert.throws(() => environmentOf(name, {}), /: run npm run compose:secrets$/, name);
    }
    const { scripts } = JSON.parse(read('../../package.json')) as { scripts: Record<string, string> };
    assert.match(scripts['compose:secrets'] ?? '', /infra\/compose\/src\/main\.ts$/);
  });

  it('has no secret in it, and hands each out by need', () => {
    const users = new Map<string, string[]>();
    for (const [name, { environment }] of Object.entries(compose.services)) {
      for (const [variable, text] of Object.entries(environment)) {
        const asked = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, one = '']) => one);
        if (SECRET_NAME.test(variable)) assert.equal(asked.length, 1, `${variable} of ${name}`);
        for (const one of asked) users.set(one, [...(users.get(one) ?? []), name]);
      }
    }
    assert.deepEqual(new Set(users.keys()), new Set(Object.keys(secrets)), 'neither one too few nor one too many');
    const only = (secret: string) => users.get(secret)?.sort();
    assert.deepEqual(only('SEALING_PRIVATE_KEY'), ['db-processor']);
    assert.deepEqual(only('POSTGRES_PASSWORD'), ['migrate', 'postgres']);
    assert.deepEqual(only('JWT_SECRET'), ['api-server']);
    assert.deepEqual(only('POLLER_PASSWORD'), ['migrate', 'poller']);
    assert.deepEqual(only('TRADING_ENGINE_PASSWORD'), ['migrate', 'trading-engine']);
  });

  it('runs nothing as root, and adds no right but the one that the gateway’s file has', () => {
    for (const [name, { user, cap_add }] of Object.entries(compose.services)) {
      assert.match(user, /^[1-9]\d*:\d+$/, name);
      assert.deepEqual(cap_add, name === 'gateway' ? ['NET_BIND_SERVICE'] : [], name);
    }
    for (const name of own) {
      const image = stages.find((stage) => stage.name === service(name).build?.target);
      assert.ok(
        image?.steps.some((step) => step.kind === 'USER' && step.user === service(name).user),
        name,
      );
      assert.deepEqual(service(name).tmpfs, [], `${name} writes nothing`);
    }
  });

  it('watches all, starts all again, and gives the services the time to stop', () => {
    for (const [name, { healthcheck, restart, stop_grace_period }] of Object.entries(compose.services)) {
      assert.equal('disable' in healthcheck, name === 'migrate', name);
      assert.equal(restart, name === 'migrate' ? 'no' : 'unless-stopped', name);
      // Four things that a service stands on, tracing, the internal server and itself, each with 10 s: shutdown.ts.
      if (own.includes(name as ServiceName)) assert.ok(Number.parseInt(stop_grace_period ?? '', 10) > 80, name);
    }
    for (const name of own.filter((one) => one !== 'migrate' && one !== 'web')) {
      const { healthcheck } = service(name);
      assert.ok('test' in healthcheck);
      assert.deepEqual(healthcheck.test, ['CMD', 'node', '/app/check-health.ts', 'INTERNAL_PORT', '/readyz']);
    }
  });

  it('starts services after the migration and the servers that they cannot start without', () => {
    for (const [name, { depends_on }] of Object.entries(compose.services)) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const expected = other === 'migrate' ? 'service_completed_successfully' : 'service_healthy';
        assert.ok('test' in service(other).healthcheck || other === 'migrate', other);
        assert.equal(condition, expected, `${name} on ${other}`);
      }
    }
    for (const name of ['api-server', 'db-processor', 'trading-engine', 'poller']) {
      const needed = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'].filter((one) => one in service(name).environment);
      const servers = needed.map((one) => ({ KAFKA_BROKERS: 'kafka', REDIS_URL: 'redis' })[one] ?? 'migrate');
      assert.deepEqual(Object.keys(service(name).depends_on).sort(), servers.sort());
    }
    assert.deepEqual(Object.keys(service('migrate').depends_on), ['postgres']);
  });

  it('publishes the gateway, the mails and Grafana, to this machine unless told', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports }]) =>
      ports.map((port) => [name, resolveVariables(port, {})]),
    );
    assert.deepEqual(published, [
      ['gateway', '127.0.0.1:3000:3000'],
      ['mailpit', '127.0.0.1:8025:8025'],
      ['grafana', '127.0.0.1:3030:3000'],
    ]);
    const open = Object.entries(compose.services).flatMap(([, { ports }]) =>
      ports.map((port) => resolveVariables(port, { BIND_ADDRESS: '0.0.0.0' })),
    );
    assert.deepEqual(
      open.filter((port) => port.startsWith('0.0.0.0')),
      ['0.0.0.0:3000:3000'],
      'mails and figures stay on the machine',
    );
  });

  it('keeps data from the outside, and lets nobody out but those who must', () => {
    const onNetwork = (network: string) =>
      Object.keys(compose.services).filter((name) => service(name).networks.includes(network));
    for (const [name, { internal }] of Object.entries(compose.networks)) {
      assert.equal(internal, name !== 'edge' && name !== 'outgoing', name);
      assert.ok(onNetwork(name).length > 0, name);
    }
    for (const { networks } of Object.values(compose.services)) {
      for (const network of networks) assert.ok(network in compose.networks, network);
    }
    assert.deepEqual(onNetwork('outgoing'), ['api-server', 'poller']);
    assert.deepEqual(onNetwork('edge'), ['gateway', 'mailpit', 'grafana']);
    assert.deepEqual(onNetwork('front'), ['gateway', 'web', 'api-server']);
    for (const server of ['kafka', 'redis', 'postgres']) assert.deepEqual(service(server).networks, ['data']);
  });

  it('believes X-Forwarded-For from the gateway’s network', () => {
    const subnet = compose.networks.front?.ipam?.config[0]?.subnet;
    assert.ok(subnet !== undefined);
    assert.equal(service('api-server').environment.TRUSTED_PROXIES, subnet);
    const config = loadConfig(serviceSettings['api-server'][0], environmentOf('api-server'));
    assert.deepEqual(config.TRUSTED_PROXIES, [resolveVariables(subnet, {})]);
  });

  it('has one origin for browsers, whatever the port', () => {
    for (const values of [{}, { WEB_PORT: '4000' }]) {
      const port = values.WEB_PORT ?? '3000';
      const web = environmentOf('web', { ...secrets, ...values });
      const api = environmentOf('api-server', { ...secrets, ...values });
      assert.equal(web.API_URL, `http://localhost:${port}`);
      assert.equal(web.WS_URL, `ws://localhost:${port}/ws`);
      assert.equal(api.WEB_ORIGINS, web.API_URL);
    }
  });

  it('has the gateway ask where the services listen', () => {
    const caddyfile = read('Caddyfile');
    const api = loadConfig(serviceSettings['api-server'][0], environmentOf('api-server'));
    const web = loadConfig(serviceSettings.web[0], environmentOf('web'));
    assert.match(caddyfile, new RegExp(`handle @api \\{\\s*reverse_proxy \\{\\s*import balanced ${api.HTTP_PORT}\\s`));
    assert.match(caddyfile, new RegExp(`handle /ws \\{\\s*reverse_proxy \\{\\s*import balanced ${api.WS_PORT}\\s`));
    assert.match(caddyfile, new RegExp(`reverse_proxy web:${web.WEB_PORT} `));
    assert.equal(web.API_INTERNAL_URL, `http://api-server:${api.HTTP_PORT}`);
    for (const { HOST } of [api, web]) assert.equal(HOST, '0.0.0.0');
    assert.match(caddyfile, /^:3000 \{$/m);
    assert.match(caddyfile, /^\tdynamic a api-server /m);
  });

  it('names servers as they call themselves', () => {
    const kafka = read('kafka/server.properties');
    const address = /^advertised\.listeners=CLIENT:\/\/(\S+)$/m.exec(kafka)?.[1];
    for (const name of ['api-server', 'db-processor', 'trading-engine', 'poller'] as const) {
      const environment = environmentOf(name);
      assert.equal(environment.KAFKA_BROKERS, address);
      const database = new URL(environment.DATABASE_URL ?? '');
      assert.equal(database.username, name.replace('-', '_'));
      assert.equal(database.host, 'postgres:5432');
      assert.equal(database.pathname, `/${service('postgres').environment.POSTGRES_DB}`);
    }
    const owner = new URL(environmentOf('migrate').DATABASE_URL ?? '');
    assert.equal(owner.username, service('postgres').environment.POSTGRES_USER);
    assert.equal(new URL(environmentOf('poller').REDIS_URL ?? '').host, 'redis:6379');
  });

  it('mounts what is there, read-only, and keeps data in volumes', () => {
    const kept: string[] = [];
    for (const [name, { volumes }] of Object.entries(compose.services)) {
      for (const [source = '', target, mode] of volumes.map((volume) => volume.split(':'))) {
        assert.ok(target?.startsWith('/'), name);
        if (source.startsWith('.')) {
          assert.ok(existsSync(path.join(folder, source)), `${source} of ${name}`);
          assert.equal(mode, 'ro', source);
        } else kept.push(source);
      }
    }
    assert.deepEqual(new Set(kept), new Set(Object.keys(compose.volumes)));
    assert.ok(!kept.includes('redis'), 'a cache');
  });

  it('has Prometheus ask every instance, and Grafana ask Prometheus', () => {
    const config = parse(read('../prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { dns_sd_configs?: { names: string[]; port: number }[] }[];
    };
    const asked = config.scrape_configs.flatMap(({ dns_sd_configs = [] }) => dns_sd_configs);
    const names = asked.flatMap((one) => one.names).sort();
    assert.deepEqual(names, ['api-server', 'db-processor', 'poller', 'trading-engine']);
    for (const { names, port } of asked) {
      for (const name of names) {
        assert.equal(String(port), environmentOf(name as ServiceName).INTERNAL_PORT);
        assert.equal(environmentOf(name as ServiceName).INTERNAL_HOST, '0.0.0.0');
        assert.ok(service(name).networks.includes('metrics'), name);
      }
    }
    assert.deepEqual(config.rule_files, ['rules/*.yml']);
    assert.ok(service('prometheus').volumes.includes('../prometheus/rules:/etc/prometheus/rules:ro'));
    const { datasources } = parse(read('../grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { url: string }[];
    };
    assert.equal(datasources[0]?.url, 'http://prometheus:9090');
    const { providers } = parse(read('../grafana/provisioning/dashboards/cfd-broker.yml')) as {
      providers: { options: { path: string } }[];
    };
    assert.ok(service('grafana').volumes.includes(`../grafana/dashboards:${providers[0]?.options.path}:ro`));
  });
});

describe('variables of Compose', () => {
  for (const [text, expected] of [
    [`a\${B}c`, 'abc'],
    [`\${B:-x}\${X:-y}`, 'by'],
    [`\${X:-http://h:\${Y:-\${B}}}/`, 'http://h:b/'],
    [`$$B \${E:-empty}`, '$B empty'],
  ] as const) {
    it(`${text} is ${expected}`, () => {
      assert.equal(resolveVariables(text, { B: 'b', E: '' }), expected);
    });
  }
  it('that are needed', () => {
    assert.throws(() => resolveVariables(`\${X:?make it}`, {}), /^Error: X: make it$/);
    assert.throws(() => resolveVariables(`\${X`, {}), /not closed/);
    assert.throws(() => resolveVariables(`\${X:+a}`, {}), /not a variable/);
  });
});
