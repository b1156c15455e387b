import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServers, startServers } from '@repo/infra-native';
import { processesConfigSchema, type RunningProcesses, startProcesses } from '@repo/processes';
import { findServicePorts } from '@repo/processes/testing';
import { tradeShards } from '@repo/schemas';
import { createLogger, findFreePort, loadConfig } from '@repo/service';
import { parse, stringify } from 'yaml';
import { dashboards } from './dashboards/index.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';
import { PrometheusServer } from './prometheus-server.ts';
import { directory, readAlerts, readRuleFiles, repository } from './read-files.ts';

const PATIENCE_MS = 60_000;

interface Configuration {
  global: Record<string, string>;
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

describe('a real Prometheus beside real services', () => {
  let work: string;
  let servers: RunningServers;
  let running: RunningProcesses;
  let prometheus: PrometheusServer;

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'cfd-broker-prometheus-'));
    const { prometheus: program } = await ensurePrometheus(path.join(repository, '.infra/cache'));
    const [ports, port] = await Promise.all([findServicePorts(), findFreePort()]);
    // Of its own: what other tests left in a topic is worth an alert.
    servers = await startServers({ stateDir: path.join(work, 'servers'), ports: 'free' });
    const environment = {
      ...process.env,
      ...servers.environment,
      HTTP_PORT: String(ports.HTTP_PORT),
      WS_PORT: String(ports.WS_PORT),
      INTERNAL_PORT: String(ports.INTERNAL_PORT),
      STATE_DIR: path.join(work, 'state'),
      PRICE_SOURCE: 'simulated',
      POLLER_LEASE_MS: '2000',
    };
    running = await startProcesses({
      config: loadConfig(processesConfigSchema, environment),
      environment,
      logger: createLogger({ level: 'silent' }),
      withWeb: false,
      onStep: () => {},
      onCrash: () => {},
      signal: new AbortController().signal,
    });
    await writeConfiguration(ports.INTERNAL_PORT);
    const configFile = path.join(work, 'prometheus.yml');
    prometheus = await PrometheusServer.start({ program, configFile, dataDir: path.join(work, 'data'), port });
  });
  after(async () => {
    await prometheus?.stop();
    await running?.stop();
    await servers?.stop();
    await rm(work, { recursive: true, force: true });
  });

  /** The files as they are, in seconds instead of minutes and on the ports of this test. */
  async function writeConfiguration(internalPort: number): Promise<void> {
    await mkdir(path.join(work, 'rules'));
    for (const [file, rules] of readRuleFiles()) {
      const quick = rules.groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule) => (rule.for === undefined ? rule : { ...rule, for: '2s' })),
      }));
      await writeFile(path.join(work, file), stringify({ groups: quick }));
    }
    const text = await readFile(path.join(directory, 'prometheus.processes.yml'), 'utf8');
    const configuration = parse(text) as Configuration;
    configuration.global = { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' };
    for (const { targets } of configuration.scrape_configs.flatMap((job) => job.static_configs)) {
      const moved = targets.map((target) => `127.0.0.1:${internalPort + Number(target.split(':')[1]) - 9464}`);
      targets.splice(0, targets.length, ...moved);
    }
    await writeFile(path.join(work, 'prometheus.yml'), stringify(configuration));
  }

  const firing = async (name: string) =>
    (await prometheus.alerts()).filter(({ labels, state }) => labels.alertname === name && state === 'firing');

  function processNamed(name: string) {
    const found = running.processes.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  }

  it('scrapes every process under the job of its service', async () => {
    const targets = await until('all targets', async () => {
      const all = await prometheus.targets();
      return all.length === 7 && all.every(({ health }) => health === 'up') ? all : undefined;
    });
    assert.deepEqual(targets.map(({ labels }) => labels.job ?? '').toSorted(), [
      'api-server',
      'db-processor',
      'db-processor',
      'poller',
      'poller',
      'trading-engine',
      'trading-engine',
    ]);
    const ready = await until('seven ready services', async () => {
      const series = await prometheus.query('cfd_ready == 1');
      return series.length === 7 ? series : undefined;
    });
    for (const { metric } of ready) assert.equal(metric.service, metric.job);
  });

  it('takes every rule and evaluates it', async () => {
    const rules = await until('evaluations', async () => {
      const all = await prometheus.rules();
      return all.every(({ health }) => health === 'ok') ? all : undefined;
    });
    assert.deepEqual(
      rules.map(({ name }) => name).sort(),
      readAlerts()
        .map(({ alert }) => alert)
        .sort(),
    );
  });

  it('has an answer to every panel', async () => {
    for (const { title, panels = [] } of Object.values(dashboards)) {
      for (const panel of panels) {
        for (const target of ('targets' in panel && panel.targets) || []) {
          const { expr } = target as unknown as { expr: string };
          const expression = expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '15s');
          await prometheus.query(expression).catch((error: unknown) => assert.fail(`${title}: ${String(error)}`));
        }
      }
    }
  });

  it('knows the lag of every group and the active poller, and finds nothing to complain of', async () => {
    const groups = await until('the lag of all partitions', async () => {
      const series = await prometheus.query('count by (group) (cfd_db_processor_consumer_lag_records)');
      return series.length === 3 && series.every(({ value }) => value[1] === '6') ? series : undefined;
    });
    assert.deepEqual(groups.map(({ metric }) => metric.group ?? '').toSorted(), ['audit', 'candles', 'db-processor']);
    const followed = await prometheus.query('count by (topic) (cfd_api_server_consumer_lag_records)');
    assert.deepEqual(followed.map(({ metric }) => metric.topic ?? '').toSorted(), [
      'price-updates',
      'trade-answers',
      'trade-events',
      'user-responses',
    ]);
    assert.equal((await prometheus.query('sum(cfd_poller_active)'))[0]?.value[1], '1');
    assert.equal((await prometheus.query('sum(cfd_trading_engine_shards)'))[0]?.value[1], String(tradeShards));
    // A machine that runs tests may be late; that is no fault of what is tested.
    let loud: readonly (string | undefined)[] = [];
    const silence = until('silence', async () => {
      loud = (await prometheus.alerts())
        .filter(({ labels, state }) => state === 'firing' && labels.alertname !== 'EventLoopDelayed')
        .map(({ labels }) => labels.alertname);
      return loud.length === 0;
    });
    await silence.catch(() => assert.deepEqual(loud, []));
  });

  it('tells of a process that is stopped, and of its return', async () => {
    processNamed('api-server-1').signal('SIGSTOP');
    const [down] = await until('ServiceDown', async () => {
      const alerts = await firing('ServiceDown');
      return alerts.length > 0 ? alerts : undefined;
    });
    assert.equal(down?.labels.job, 'api-server');
    assert.match(down?.annotations.summary ?? '', /^api-server 127\.0\.0\.1:\d+ does not answer$/);
    await until('ServiceMissing', async () => (await firing('ServiceMissing')).length > 0);
    processNamed('api-server-1').signal('SIGCONT');
    await until('the end of it', async () => (await firing('ServiceDown')).length === 0);
    await until('the end of it', async () => (await firing('ServiceMissing')).length === 0);
  });

  it('tells of pollers that are killed', async () => {
    assert.deepEqual(await firing('NoActivePoller'), []);
    const pollers = running.processes.filter(({ name }) => name.startsWith('poller'));
    await Promise.all(pollers.map((poller) => poller.stop()));
    await until('NoActivePoller', async () => (await firing('NoActivePoller')).length > 0);
    const missing = await until('ServiceMissing', async () => {
      const alerts = await firing('ServiceMissing');
      return alerts.length > 0 ? alerts : undefined;
    });
    assert.deepEqual(
      missing.map(({ labels }) => labels.job),
      ['poller'],
    );
    for (const { annotations } of await prometheus.alerts()) {
      assert.doesNotMatch(Object.values(annotations).join(), /error expanding|no value/);
    }
  });
});

/** Asks again until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(250)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
}
