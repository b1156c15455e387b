import { integerSetting, portSetting } from '@repo/service';
import { z } from 'zod';

const instances = (fallback: number) => integerSetting(fallback, 1, 20);

/** What is started, and on which servers. The services read their own settings from the same environment. */
export const processesConfigSchema = z.object({
  KAFKA_BROKERS: z.string('start the servers first: npm run infra:up'),
  REDIS_URL: z.string('start the servers first: npm run infra:up'),
  /** As the owner of the database: it is migrated before anything starts, and each service gets a role of its own. */
  DATABASE_URL: z.string('start the servers first: npm run infra:up'),
  SMTP_URL: z.string('start the servers first: npm run infra:up'),
  /** Where mails can be read, to be shown at the start. */
  MAIL_PAGE_URL: z.string().optional(),

  HOST: z.string().default('127.0.0.1'),
  WEB_PORT: portSetting(3000),
  /** Of the first api-server; each further one has ports 10 above. */
  HTTP_PORT: portSetting(3001),
  WS_PORT: portSetting(8080),
  /** Health and metrics of the first process; each further one has the next port. */
  INTERNAL_PORT: portSetting(9464),

  API_SERVERS: instances(1),
  DB_PROCESSORS: instances(2),
  /** One publishes, the others stand by. */
  POLLERS: instances(2),
  /** Secrets and logs. */
  STATE_DIR: z.string().default('.infra'),
});

export type ProcessesConfig = z.infer<typeof processesConfigSchema>;
