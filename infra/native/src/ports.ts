import { createServer } from 'node:net';
import { ConfigError } from '@repo/service';

/** The servers are for this machine alone. */
export const HOST = '127.0.0.1';

/** Where the servers listen; one pair for each Kafka broker. */
export interface ServerPorts {
  readonly kafka: readonly { readonly client: number; readonly controller: number }[];
  readonly redis: number;
  readonly postgres: number;
  readonly smtp: number;
  readonly smtpPage: number;
}

/** The settings that move the ports. */
export interface PortSettings {
  /** Of the first broker; its controller has the next port, the second broker the two after that, and so on. */
  readonly KAFKA_PORT: number;
  readonly REDIS_PORT: number;
  readonly POSTGRES_PORT: number;
  readonly SMTP_PORT: number;
  readonly SMTP_PAGE_PORT: number;
}

/** 6379 and 5432 are left to the servers that the system itself may run. */
export const defaultPorts: PortSettings = {
  KAFKA_PORT: 9092,
  REDIS_PORT: 16379,
  POSTGRES_PORT: 15432,
  SMTP_PORT: 1025,
  SMTP_PAGE_PORT: 8025,
};

// Below the range from which systems take ports for outgoing connections: a client that retries against a server that
// is away must not be given that server's port.
const FREE_MIN = 20_000;
const FREE_MAX = 32_000;
const FREE_ATTEMPTS = 1000;

/** @throws ConfigError when two servers would have the same port. */
export function fixedPorts(settings: PortSettings, brokers: number): ServerPorts {
  const kafka = Array.from({ length: brokers }, (_, index) => {
    const client = settings.KAFKA_PORT + 2 * index;
    return { client, controller: client + 1 };
  });
  const { REDIS_PORT, POSTGRES_PORT, SMTP_PORT, SMTP_PAGE_PORT } = settings;
  const named: [string, number][] = [
    ...kafka.flatMap(({ client, controller }): [string, number][] => [
      ['KAFKA_PORT', client],
      ['KAFKA_PORT', controller],
    ]),
    ...Object.entries({ REDIS_PORT, POSTGRES_PORT, SMTP_PORT, SMTP_PAGE_PORT }),
  ];
  const names = new Map<number, string>();
  for (const [name, port] of named) {
    const other = names.get(port);
    if (other !== undefined) throw new ConfigError(`${name} and ${other} both need port ${port}: move one of them.`);
    names.set(port, name);
  }
  return { kafka, redis: REDIS_PORT, postgres: POSTGRES_PORT, smtp: SMTP_PORT, smtpPage: SMTP_PAGE_PORT };
}

/** Ports that nobody listens on just now, each another one. */
export async function freePorts(brokers: number): Promise<ServerPorts> {
  const taken = new Set<number>();
  const next = async () => {
    for (let attempt = 0; attempt < FREE_ATTEMPTS; attempt += 1) {
      const port = FREE_MIN + Math.floor(Math.random() * (FREE_MAX - FREE_MIN));
      if (taken.has(port) || !(await isFree(port))) continue;
      taken.add(port);
      return port;
    }
    throw new ConfigError(`No free port was found from ${FREE_MIN} to ${FREE_MAX}.`);
  };
  const kafka = [];
  for (let broker = 0; broker < brokers; broker += 1) kafka.push({ client: await next(), controller: await next() });
  return { kafka, redis: await next(), postgres: await next(), smtp: await next(), smtpPage: await next() };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
