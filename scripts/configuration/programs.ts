import { apiServerConfigSchema } from '../../apps/api-server/src/config.ts';
import { dbProcessorConfigSchema } from '../../apps/db-processor/src/config.ts';
import { migrateConfigSchema } from '../../apps/migrate/src/config.ts';
import { pollerConfigSchema, standbyPollerConfigSchema } from '../../apps/poller/src/config.ts';
import { standaloneConfigSchema } from '../../apps/standalone/src/config.ts';
import { tradingEngineConfigSchema } from '../../apps/trading-engine/src/config.ts';
import { serverConfigSchema } from '../../apps/web/src/settings/server-config.ts';
import { portsSchema } from '../../infra/native/src/cli/port-settings.ts';
import { processesConfigSchema } from '../../infra/processes/src/config.ts';
import { databaseConfigSchema } from '../../packages/db/src/config.ts';
import { kafkaConfigSchema } from '../../packages/kafka/src/apache/config.ts';
import { redisConfigSchema } from '../../packages/redis/src/server/config.ts';
import {
  type describeSettings,
  processConfigSchema,
  secretNames,
  tracingConfigSchema,
} from '../../packages/service/src/index.ts';

type Schema = Parameters<typeof describeSettings>[0];

/** A program with settings: what it reads from its environment, in the order of the reference. */
export interface Program {
  readonly title: string;
  /** Files, from the root of the repository, that load the schemas; the test looks there for one that is missing. */
  readonly loadedBy: readonly string[];
  /** By the names that they have there. */
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Settings that the program makes or chooses itself. */
  readonly ownChoice?: readonly string[];
  /** Settings that are optional to their schema and not to the program. */
  readonly needed?: readonly string[];
  /** Defaults of the program where the schema has others. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly intro: string;
  /** Where `.env.example` lies; without it the program has none. */
  readonly folder?: string;
}

function ownSecrets(directory: string): string {
  const names = secretNames.map((name) => `\`${name}\``).join(', ');
  return `Secrets are made at the first start and kept in \`${directory}/secrets.json\`; a variable of the same name wins over the file: ${names}.`;
}

const everyService = ['packages/service/src/run-service.ts', 'packages/service/src/tracing/start-tracing.ts'];

export const programs: readonly Program[] = [
  {
    title: 'api-server',
    folder: 'apps/api-server',
    loadedBy: ['apps/api-server/src/main.ts', ...everyService],
    schemas: {
      apiServerConfigSchema,
      kafkaConfigSchema,
      redisConfigSchema,
      databaseConfigSchema,
      processConfigSchema,
      tracingConfigSchema,
    },
    needed: ['SMTP_URL'],
    intro: 'Its role in the database is `api_server`.',
  },
  {
    title: 'db-processor',
    folder: 'apps/db-processor',
    loadedBy: ['apps/db-processor/src/main.ts', ...everyService],
    schemas: {
      dbProcessorConfigSchema,
      kafkaConfigSchema,
      databaseConfigSchema,
      processConfigSchema,
      tracingConfigSchema,
    },
    intro: 'Its role in the database is `db_processor`.',
  },
  {
    title: 'trading-engine',
    folder: 'apps/trading-engine',
    loadedBy: ['apps/trading-engine/src/main.ts', ...everyService],
    schemas: {
      tradingEngineConfigSchema,
      kafkaConfigSchema,
      databaseConfigSchema,
      processConfigSchema,
      tracingConfigSchema,
    },
    intro: 'Its role in the database is `trading_engine`. It needs no Redis.',
  },
  {
    title: 'poller',
    folder: 'apps/poller',
    loadedBy: ['apps/poller/src/main.ts', ...everyService],
    schemas: {
      standbyPollerConfigSchema,
      kafkaConfigSchema,
      redisConfigSchema,
      databaseConfigSchema,
      processConfigSchema,
      tracingConfigSchema,
    },
    intro: 'Its role in the database is `poller`.',
  },
  {
    title: 'web',
    folder: 'apps/web',
    loadedBy: ['apps/web/main.ts'],
    schemas: { serverConfigSchema },
    intro: 'It needs none of the servers and has no secrets.',
  },
  {
    title: 'migrate',
    folder: 'apps/migrate',
    loadedBy: ['apps/migrate/src/main.ts'],
    schemas: { migrateConfigSchema },
    intro: 'Runs once before the services start, and before each update of them.',
  },
  {
    title: 'standalone',
    folder: 'apps/standalone',
    loadedBy: [
      'apps/standalone/src/main.ts',
      'apps/standalone/src/start-services.ts',
      'packages/service/src/tracing/start-tracing.ts',
    ],
    schemas: {
      standaloneConfigSchema,
      pollerConfigSchema,
      dbProcessorConfigSchema,
      tradingEngineConfigSchema,
      apiServerConfigSchema,
      tracingConfigSchema,
    },
    ownChoice: [
      'JWT_SECRET',
      'REFRESH_SECRET',
      'OTP_SECRET',
      'SEALING_PUBLIC_KEY',
      'SEALING_PRIVATE_KEY',
      'SMTP_URL',
      'MAIL_FROM',
      'CFD_CRASHES',
    ],
    defaults: {
      PRICE_SOURCE_FALLBACK: 'simulated',
      WEB_ORIGINS: 'http://localhost:3000,http://127.0.0.1:3000',
    },
    intro: [
      'Every service in one process, on infrastructure of its own. Mails are kept and shown, not sent.',
      ownSecrets('DATA_DIR'),
    ].join(' '),
  },
  {
    title: 'npm run start:distributed',
    loadedBy: ['infra/processes/src/main.ts'],
    schemas: { processesConfigSchema },
    intro: [
      'Starts the services above as processes on one machine. What they read themselves they read from the same',
      'environment; addresses, roles and secrets are handed to each.',
      ownSecrets('STATE_DIR'),
    ].join(' '),
  },
  {
    title: 'npm run infra:up',
    loadedBy: ['infra/native/src/cli/port-settings.ts'],
    schemas: { portsSchema },
    intro: 'Servers for people and tests, see [infra/native](../../infra/native/README.md).',
  },
];
