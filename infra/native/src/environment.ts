import { rename, writeFile } from 'node:fs/promises';
import type { ServerName, Servers } from './create-servers.ts';

/** What services and tests read to find the servers. */
export type ServersEnvironment = Readonly<Record<string, string>>;

export function serversEnvironment(servers: Servers, names: readonly ServerName[]): ServersEnvironment {
  const variables: Record<ServerName, () => ServersEnvironment> = {
    kafka: () => ({ KAFKA_BROKERS: servers.kafka.address }),
    redis: () => ({ REDIS_URL: servers.redis.address }),
    postgres: () => ({ DATABASE_URL: servers.postgres.address }),
    smtp: () => ({ SMTP_URL: servers.smtp.address, MAIL_PAGE_URL: servers.smtp.page }),
  };
  return Object.assign({}, ...names.map((name) => variables[name]()));
}

/** Writes `NAME=value` lines that `node --env-file` and a shell read. For our eyes only: a password is in it. */
export async function writeEnvironmentFile(file: string, environment: ServersEnvironment): Promise<void> {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  const unfinished = `${file}.unfinished`;
  await writeFile(unfinished, lines.join(''), { mode: 0o600 });
  await rename(unfinished, file);
}
