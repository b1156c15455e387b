import { randomUUID } from 'node:crypto';
import { type DatabaseHandle, openDatabase } from '@repo/db';
import type { TestDatabase } from '@repo/db/testing';
import { createEmbeddedKafka, ensureTopics, followTopic, type Kafka, type KafkaRecord } from '@repo/kafka';
import type { SessionSeed, UserRequest, UserRequestType, UserResponse, UserResponseData } from '@repo/schemas';
import {
  createLogger,
  createSeal,
  type Environment,
  generateSealingKeys,
  loadConfig,
  type RunningService,
  type Seal,
} from '@repo/service';
import { dbProcessorConfigSchema } from '../config.ts';
import { startDbProcessor } from '../start-db-processor.ts';
import { until } from './until.ts';

type DataOf<T extends UserRequestType> = Extract<UserRequest, { type: T }>['data'];

/** A db-processor on an embedded message log, with what an api-server does to it. */
export interface TestProcessor {
  readonly service: RunningService;
  readonly kafka: Kafka;
  /** The database with the service's own privileges. */
  readonly database: DatabaseHandle;
  readonly seal: Seal;
  /** A request as an api-server makes it. */
  request<T extends UserRequestType>(type: T, data: DataOf<T>, envelope?: Partial<UserRequest>): UserRequest;
  /** Publishes requests in one go, under their usual key or another. */
  send(requests: readonly UserRequest[], key?: string): Promise<void>;
  /** All answers so far to a request. */
  answers(request: UserRequest): readonly UserResponse[];
  /** Sends a request and waits for its answer. */
  ask<T extends UserRequestType>(type: T, data: DataOf<T>): Promise<UserResponse>;
  /** The same, for a request that must succeed. */
  succeed<T extends UserRequestType>(type: T, data: DataOf<T>): Promise<UserResponseData[T]>;
  deadLetters(topic: string): Promise<readonly KafkaRecord[]>;
  /** The sum of a metric's values with these labels. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Every log line so far. */
  logs(): string;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

export const newSession = (): SessionSeed => ({
  sessionId: randomUUID(),
  device: 'Firefox on Linux',
  addressBlock: '192.0.2.7',
});

export async function startTestProcessor(store: TestDatabase, environment: Environment = {}): Promise<TestProcessor> {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const database = openDatabase(store.url('db_processor'));
  const kafka = createEmbeddedKafka();
  await ensureTopics(kafka);
  const keys = await generateSealingKeys();
  const config = loadConfig(dbProcessorConfigSchema, {
    SEALING_PRIVATE_KEY: keys.privateKey,
    CANDLE_FLUSH_MS: '0',
    ...environment,
  });
  const service = await startDbProcessor({ config, logger, kafka, database });
  const replyTo = randomUUID();
  const answers: UserResponse[] = [];
  const follower = followTopic(kafka, {
    topic: 'user-responses',
    onMessages: (received) => {
      for (const { message, record } of received) if (record.key === replyTo) answers.push(message);
    },
    onInvalid: (_record, reason) => {
      throw new Error(`an answer does not fit its schema: ${reason}`);
    },
  });
  await follower.ready;

  const request: TestProcessor['request'] = (type, data, envelope = {}) => {
    const at = Date.now();
    const own = { id: randomUUID(), at, requestId: randomUUID(), replyTo, expiresAt: at + 60_000 };
    return { ...own, ...envelope, type, data } as UserRequest;
  };
  const keyOf = ({ data }: UserRequest) => {
    if ('email' in data) return data.email;
    return 'userId' in data ? data.userId : data.sessionId;
  };
  const send: TestProcessor['send'] = (requests, key) =>
    kafka.send(
      'user-requests',
      requests.map((one) => ({ key: key ?? keyOf(one), value: JSON.stringify(one) })),
    );
  const answersTo = ({ requestId }: UserRequest) => answers.filter((answer) => answer.requestId === requestId);
  const ask: TestProcessor['ask'] = async (type, data) => {
    const one = request(type, data);
    await send([one]);
    return until(() => answersTo(one)[0]);
  };
  return {
    service,
    kafka,
    database,
    seal: await createSeal(keys.publicKey),
    request,
    send,
    answers: answersTo,
    ask,
    succeed: async <T extends UserRequestType>(type: T, data: DataOf<T>) => {
      const answer = await ask(type, data);
      if (!answer.success) throw new Error(`${type} was refused: ${answer.error}`);
      return answer.data as UserResponseData[T];
    },
    deadLetters: async (topic) => {
      const [end = 0] = await kafka.endOffsets(`${topic}.dead-letter`);
      const records: KafkaRecord[] = [];
      if (end === 0) return records;
      const signal = new AbortController();
      for await (const batch of kafka.read({
        topic: `${topic}.dead-letter`,
        partition: 0,
        offset: 0,
        signal: signal.signal,
      })) {
        records.push(...batch);
        if (records.length >= end) signal.abort();
      }
      return records;
    },
    metric: async (name, labels = {}) => {
      const metrics = await service.metrics.getMetricsAsJSON();
      const values = metrics.find((metric) => metric.name === name)?.values ?? [];
      return (values as readonly { value: number; metricName?: string; labels: Record<string, unknown> }[])
        .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
        .filter((one) => one.metricName === undefined || one.metricName.endsWith('_count'))
        .reduce((sum, one) => sum + one.value, 0);
    },
    logs: () => lines.join(''),
    stop: async () => {
      await service.stop();
      await follower.close();
      await kafka.close();
      await database.close();
    },
  };
}
