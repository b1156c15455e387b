import path from 'node:path';
import { kafkaBroker } from './kafka/kafka-broker.ts';
import { kafkaRuntime } from './kafka/kafka-runtime.ts';
import type { OnStep } from './on-step.ts';
import { HOST, type ServerPorts } from './ports.ts';
import { postgres, postgresUrl } from './postgres/postgres.ts';
import { ServerProcess } from './process/server-process.ts';
import type { ServerProgram } from './process/server-program.ts';
import { redis } from './redis/redis.ts';
import {
  groupOf,
  handleOf,
  type KafkaHandle,
  type PostgresHandle,
  type ServerHandle,
  type SmtpHandle,
} from './server-handle.ts';
import { smtp } from './smtp/smtp.ts';
import type { StateDirectory } from './state.ts';

const CACHE_DIR = path.join(import.meta.dirname, '../../../.infra/cache');

/** The servers of a state directory, running or not. */
export interface Servers {
  readonly kafka: KafkaHandle;
  readonly redis: ServerHandle;
  readonly postgres: PostgresHandle;
  /** The mail sink. */
  readonly smtp: SmtpHandle;
}

export type ServerName = keyof Servers;

/** In the order in which they stop: those that lean on nobody last. */
export const serverNames: readonly ServerName[] = ['kafka', 'smtp', 'redis', 'postgres'];

/** Starts nothing. */
export function createServers(options: {
  readonly state: StateDirectory;
  readonly ports: ServerPorts;
  /** Whether servers that this process starts are killed when it exits. */
  readonly endWithUs: boolean;
  readonly onStep?: OnStep | undefined;
  /** Gives up what takes long. */
  readonly signal?: AbortSignal | undefined;
}): Servers {
  const { state, ports, endWithUs, signal, onStep = () => undefined } = options;
  const server = (program: ServerProgram) => new ServerProcess(program, endWithUs, signal);

  const runtime = kafkaRuntime({ cacheDir: CACHE_DIR, onStep, signal });
  const brokers = ports.kafka.map(({ client }, index) =>
    handleOf(server(kafkaBroker({ id: index + 1, ports: ports.kafka, state, runtime })), () => `${HOST}:${client}`),
  );
  const postgresServer = server(postgres({ port: ports.postgres, state, onStep }));
  return {
    kafka: groupOf('Kafka', brokers),
    redis: handleOf(server(redis({ port: ports.redis, state, onStep })), () => `redis://${HOST}:${ports.redis}`),
    // Not by spreading: the address is known only once the data are made.
    postgres: Object.assign(
      handleOf(postgresServer, () => postgresUrl(state, ports.postgres)),
      { stopImmediate: () => postgresServer.end('SIGQUIT') },
    ),
    smtp: Object.assign(
      handleOf(
        server(smtp({ port: ports.smtp, pagePort: ports.smtpPage, state })),
        () => `smtp://${HOST}:${ports.smtp}`,
      ),
      { page: `http://${HOST}:${ports.smtpPage}` },
    ),
  };
}
