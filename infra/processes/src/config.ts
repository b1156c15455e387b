import { tradeShards } from '@repo/schemas';
import { integerSetting, portSetting } from '@repo/service';
import { z } from 'zod';

const serverSetting = () => z.string('start the servers first: npm run infra:up');
const instances = (fallback: number) => integerSetting(fallback, 1, 20);

/** What is started, and on which servers. The services read their own settings from the same environment. */
export const processesConfigSchema = z.object({
  KAFKA_BROKERS: serverSetting().describe('Some brokers, `host:port`, separated by commas.'),
  REDIS_URL: serverSetting().meta({ description: 'The Redis server.', secret: true }),
  DATABASE_URL: serverSetting().meta({
    description:
      'The database, as its owner: it is migrated before anything starts, and each service gets a role of its own.',
    secret: true,
  }),
  SMTP_URL: serverSetting().meta({ description: 'The mail server.', secret: true }),
  MAIL_PAGE_URL: z.string().optional().describe('Where mails can be read, to be shown at the start.'),

  HOST: z.string().default('127.0.0.1').describe('Address that web app, HTTP API and WebSocket listen on.'),
  WEB_PORT: portSetting(3000).describe('Port of the web app.'),
  HTTP_PORT: portSetting(3001).describe('Port of the first api-server’s HTTP API; each further one is 10 above.'),
  WS_PORT: portSetting(8080).describe('Port of the first api-server’s WebSocket; each further one is 10 above.'),
  INTERNAL_PORT: portSetting(9464).describe(
    'Health and metrics of the first process; each further one has the next port.',
  ),

  API_SERVERS: instances(1).describe('How many api-servers.'),
  DB_PROCESSORS: instances(2).describe('How many db-processors.'),
  POLLERS: instances(2).describe('How many pollers. One publishes, the others stand by.'),
  TRADING_ENGINES: integerSetting(2, 1, tradeShards).describe(
    'How many trading-engines. They share the shards, which are twelve.',
  ),
  STATE_DIR: z.string().default('.infra').describe('Secrets and logs.'),
});

export type ProcessesConfig = z.infer<typeof processesConfigSchema>;
