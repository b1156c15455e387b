import { openDatabase } from '@repo/db';
import { EmbeddedBroker, ensureTopics, type Kafka } from '@repo/kafka';
import { createEmbeddedRedis } from '@repo/redis';
import { createLogger, generateSealingKeys, loadConfig } from '@repo/service';
import { apiServerConfigSchema } from '../config.ts';
import { createMailbox, type Mailbox } from '../mail/mailbox.ts';
import type { Mailer } from '../mail/mailer.ts';
import { type RunningApiServer, startApiServer } from '../start-api-server.ts';
import { InterruptibleRedis } from './interruptible-redis.ts';
import { startUserStoreDouble, type UserStoreDouble } from './user-store-double.ts';

export interface TestApiServer {
  readonly server: RunningApiServer;
  readonly url: string;
  readonly origin: string;
  readonly broker: EmbeddedBroker;
  readonly kafka: Kafka;
  readonly redis: InterruptibleRedis;
  readonly users: UserStoreDouble;
  readonly mailbox: Mailbox;
  /** Every log line so far. */
  logs(): string;
  stop(): Promise<void>;
}

const secret = (name: string) => `${name}-for-tests-only-0123456789abcdef`;

/**
 * The api-server on embedded Kafka and Redis, with a user store double. There is no PostgreSQL behind its address:
 * whatever works here works without one.
 */
export async function startTestApiServer(
  environment: Record<string, string> = {},
  mailer?: Mailer,
): Promise<TestApiServer> {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const broker = new EmbeddedBroker();
  const kafka = broker.connect();
  await ensureTopics(kafka);
  const redis = new InterruptibleRedis(createEmbeddedRedis());
  const keys = await generateSealingKeys();
  const users = await startUserStoreDouble(kafka, keys.privateKey);
  const database = openDatabase('postgres://nobody@127.0.0.1:1/none');
  const mailbox = createMailbox();
  const config = loadConfig(apiServerConfigSchema, {
    JWT_SECRET: secret('jwt'),
    REFRESH_SECRET: secret('refresh'),
    OTP_SECRET: secret('otp'),
    SEALING_PUBLIC_KEY: keys.publicKey,
    ...environment,
  });
  const server = await startApiServer({
    config: { ...config, HTTP_PORT: 0, WS_PORT: 0 },
    logger,
    kafka,
    redis,
    database,
    mailer: mailer ?? mailbox,
    mailbox,
  });
  return {
    server,
    url: `http://127.0.0.1:${server.httpPort}`,
    origin: config.WEB_ORIGINS[0] ?? '',
    broker,
    kafka,
    redis,
    users,
    mailbox,
    logs: () => lines.join(''),
    async stop() {
      await server.stop();
      await users.close();
      await Promise.all([kafka.close(), redis.close(), database.close()]);
    },
  };
}
