import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const readyMsMax = 60_000;

/** A broker with listeners of its own kind, which `npm run test:distributed` does not start. */
export interface KafkaProcess {
  /** `host:port` of the listener `CLIENT`. */
  readonly broker: string;
  stop(): Promise<void>;
}

export interface KafkaProcessOptions {
  /** Of the listener `CLIENT`. */
  readonly protocol: 'PLAINTEXT' | 'SASL_PLAINTEXT' | 'SSL' | 'SASL_SSL';
  /** More lines of server.properties; those of the listener begin with `listener.name.client.`. */
  readonly properties: Readonly<Record<string, string>>;
  /** SCRAM users that exist from the beginning, as `StorageTool --add-scram` takes them. */
  readonly scram?: readonly string[];
}

/** Starts a broker on 127.0.0.1 with the libraries that infra/native fetched. */
export async function startKafkaProcess(options: KafkaProcessOptions): Promise<KafkaProcess> {
  const [libraries] = globSync(path.join(import.meta.dirname, '../../../../../.infra/cache/kafka-*/'));
  if (libraries === undefined) throw new Error('Kafka is not fetched yet: npm run infra:up does that');
  const directory = await mkdtemp(path.join(tmpdir(), 'kafka-process-'));
  const [client, inner, controller] = [await freePort(), await freePort(), await freePort()];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `CLIENT://127.0.0.1:${client},INNER://127.0.0.1:${inner},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${client},INNER://127.0.0.1:${inner}`,
    'listener.security.protocol.map': `CLIENT:${options.protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'INNER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(directory, 'log'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    ...options.properties,
  };
  const file = path.join(directory, 'server.properties');
  await writeFile(
    file,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const java = ['-Xmx256m', '-XX:+UseSerialGC', '-cp', path.join(libraries, '*')];
  const users = (options.scram ?? []).flatMap((user) => ['--add-scram', user]);
  const id = `A${randomBytes(16).toString('base64url').slice(1)}`;
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', file, ...users]);
  const server = spawn('java', [...java, 'kafka.Kafka', file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = performance.now() + readyMsMax;
  // The port is opened when the broker serves.
  while (await isFree(client)) {
    if (server.exitCode !== null || performance.now() > deadline || !existsSync(directory)) {
      await stop();
      throw new Error('the broker did not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { broker: `127.0.0.1:${client}`, stop };
}

async function freePort(): Promise<number> {
  for (;;) {
    // Below the range from which systems take ports for outgoing connections.
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
