import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApacheKafka, followTopic, type Kafka } from '@repo/kafka';
import { type TopicName, topics, type UserRequest, type UserRequestType, type UserResponse } from '@repo/schemas';
import { createLogger, createSeal, generateSealingKeys, loadConfig, loadSecrets, type Seal } from '@repo/service';
import { Pool } from 'pg';
import { processesConfigSchema } from '../../config.ts';
import type { ManagedProcess } from '../../managed-process.ts';
import { startProcesses } from '../../start-processes.ts';
import { findServicePorts } from '../../testing/service-ports.ts';
import { createPlainProducer, type PlainProducer } from './produce.ts';
import { type DeadLetter, readDeadLetters } from './read-dead-letters.ts';
import { readMetric } from './read-metric.ts';
import { createTradeClient, type TradeClient } from './trade-client.ts';
import { until } from './until.ts';

type DataOf<T extends UserRequestType> = Extract<UserRequest, { type: T }>['data'];

/**
 * Two db-processors, a trading-engine and an api-server as processes of their own on the real servers, and everybody's
 * way to the topics between them. The poller that came with them is stopped: whatever price there is a test has sent.
 */
export interface MessageStack {
  readonly apiUrl: string;
  readonly wsUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly producer: PlainProducer;
  /** The program's own way to the log. */
  readonly kafka: Kafka;
  /** As the owner of the database. */
  readonly database: Pool;
  /** Seals to the db-processors. */
  readonly seal: Seal;
  /** Seals to somebody else. */
  readonly sealToAnother: Seal;
  /** Sentences about processes that ended unasked. */
  readonly crashes: readonly string[];
  process(name: string): ManagedProcess;
  deadLetters(topic: TopicName): readonly DeadLetter[];
  request<T extends UserRequestType>(type: T, data: DataOf<T>, envelope?: Partial<UserRequest>): UserRequest;
  /** All answers so far to a request. */
  answers(request: UserRequest): readonly UserResponse[];
  /** Sends a request as an api-server does and waits for its answer. */
  ask(request: UserRequest): Promise<UserResponse>;
  /** The sum over the processes of a service. */
  metric(
    service: 'db-processor' | 'trading-engine' | 'api-server',
    name: string,
    labels?: Readonly<Record<string, string>>,
  ): Promise<number>;
  /** Resolves when every row of the audit table was found to be as it was written; rejects when one is not. */
  chainIntact(): Promise<void>;
  /** For commands to the trading-engine. */
  readonly trade: TradeClient;
  /** Every line of every process so far. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

export async function startMessageStack(settings: Readonly<Record<string, string>> = {}): Promise<MessageStack> {
  const { KAFKA_BROKERS, DATABASE_URL } = process.env;
  assert.ok(KAFKA_BROKERS && DATABASE_URL, 'no servers: npm run test:distributed starts them and says where they are');
  const stateDir = await mkdtemp(join(tmpdir(), 'cfd-broker-messages-'));
  const ports = await findServicePorts();
  const environment = {
    ...process.env,
    HTTP_PORT: String(ports.HTTP_PORT),
    WS_PORT: String(ports.WS_PORT),
    INTERNAL_PORT: String(ports.INTERNAL_PORT),
    STATE_DIR: stateDir,
    WEB_ORIGINS: 'http://localhost:3000',
    POLLERS: '1',
    TRADING_ENGINES: '1',
    SHARD_LEASE_MS: '1500',
    SHARE_INTERVAL_MS: '100',
    PRICE_SOURCE: 'simulated',
    CANDLE_FLUSH_MS: '100',
    HOUSEKEEPING_INTERVAL_SECONDS: '1',
    SIGNUPS_PER_10_MINUTES: '1000',
    SIGNINS_PER_10_SECONDS: '1000',
    ...settings,
  };
  const config = loadConfig(processesConfigSchema, environment);
  const crashes: string[] = [];
  const running = await startProcesses({
    config,
    environment,
    logger: createLogger({ level: 'silent' }),
    withWeb: false,
    onStep: () => {},
    onCrash: (sentence) => crashes.push(sentence),
    signal: new AbortController().signal,
  });
  const managed = (name: string) => {
    const found = running.processes.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  };
  await managed('poller-1').stop();

  const producer = createPlainProducer(KAFKA_BROKERS);
  const kafka = createApacheKafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'messages-test' });
  const database = new Pool({ connectionString: DATABASE_URL, max: 2 });
  const secrets = await loadSecrets(stateDir, environment);
  const names = Object.keys(topics) as TopicName[];
  const dead = new Map(
    await Promise.all(names.map(async (name) => [name, await readDeadLetters(kafka, name)] as const)),
  );
  const replyTo = `messages-${randomUUID()}`;
  const answers = new Map<string, UserResponse[]>();
  const follower = followTopic(kafka, {
    topic: 'user-responses',
    onMessages: (received) => {
      for (const { message, record } of received) {
        if (record.key !== replyTo) continue;
        answers.set(message.requestId, [...(answers.get(message.requestId) ?? []), message]);
      }
    },
  });
  await follower.ready;
  const trade = await createTradeClient(kafka, producer, database);

  const internalPorts = running.processes.map(({ name }, index) => ({ name, port: config.INTERNAL_PORT + index }));
  const metricOf: MessageStack['metric'] = async (service, name, labels) => {
    const own = internalPorts.filter((one) => one.name.startsWith(service));
    const texts = await Promise.all(
      own.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    );
    return texts.reduce((sum, text) => sum + readMetric(text, name, labels), 0);
  };
  const answersTo = ({ requestId }: UserRequest) => answers.get(requestId) ?? [];
  return {
    apiUrl: `http://127.0.0.1:${config.HTTP_PORT}`,
    wsUrl: `ws://127.0.0.1:${config.WS_PORT}/`,
    environment,
    producer,
    kafka,
    database,
    seal: await createSeal(secrets.SEALING_PUBLIC_KEY),
    sealToAnother: await createSeal((await generateSealingKeys()).publicKey),
    crashes,
    process: managed,
    deadLetters: (topic) => dead.get(topic)?.letters ?? [],
    request: (type, data, envelope = {}) => {
      const at = Date.now();
      const own = { id: randomUUID(), at, requestId: randomUUID(), replyTo, expiresAt: at + 60_000 };
      return { ...own, ...envelope, type, data } as UserRequest;
    },
    answers: answersTo,
    ask: async (request) => {
      await producer.send('user-requests', { key: keyOf(request), value: JSON.stringify(request) });
      return until('the answer', () => answersTo(request)[0]);
    },
    metric: metricOf,
    trade,
    chainIntact: async () => {
      let broken = 0;
      await until('the audit chain to be verified', async () => {
        const { rows } = await database.query('select count(*)::int as count from audit_events');
        broken = await metricOf('db-processor', 'cfd_db_processor_audit_chain_broken_bool');
        const intact = await metricOf('db-processor', 'cfd_db_processor_audit_chain_intact_rows');
        return broken > 0 || intact === rows[0]?.count * 2; // both db-processors verify all of it
      });
      assert.equal(broken, 0, 'a row of the audit chain is not as it was written');
    },
    logs: async () => {
      const directory = join(stateDir, 'logs');
      const files = await readdir(directory);
      return (await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))).join('');
    },
    stop: async () => {
      await Promise.all([follower.close(), trade.close(), ...[...dead.values()].map((reader) => reader.close())]);
      await Promise.all([producer.close(), kafka.close(), database.end()]);
      await running.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** What keeps requests in their order: an address, a session, or a user. */
export function keyOf({ data }: UserRequest): string {
  if ('email' in data) return data.email;
  return 'userId' in data ? data.userId : data.sessionId;
}
