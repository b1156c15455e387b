import { apiServerConfigSchema } from '@repo/api-server';
import { databaseConfigSchema } from '@repo/db';
import { dbProcessorConfigSchema } from '@repo/db-processor';
import { kafkaConfigSchema } from '@repo/kafka';
import { migrateConfigSchema } from '@repo/migrate';
import { standbyPollerConfigSchema } from '@repo/poller';
import { redisConfigSchema } from '@repo/redis';
import { processConfigSchema, tracingConfigSchema } from '@repo/service';
import { tradingEngineConfigSchema } from '@repo/trading-engine';
import { serverConfigSchema } from '@repo/web/server-config';
import type { z } from 'zod';

const everyService = [kafkaConfigSchema, databaseConfigSchema, processConfigSchema, tracingConfigSchema] as const;

/** What the program of each image reads from its environment. */
export const serviceSettings = {
  'api-server': [apiServerConfigSchema, redisConfigSchema, ...everyService],
  'db-processor': [dbProcessorConfigSchema, ...everyService],
  'trading-engine': [tradingEngineConfigSchema, ...everyService],
  poller: [standbyPollerConfigSchema, redisConfigSchema, ...everyService],
  migrate: [migrateConfigSchema],
  web: [serverConfigSchema],
} as const satisfies Record<string, readonly z.ZodObject[]>;

export type ServiceName = keyof typeof serviceSettings;

/** Variables of what runs the programs, in every image. */
export const runtimeVariables: ReadonlySet<string> = new Set(['NODE_ENV', 'NEXT_TELEMETRY_DISABLED']);

export function knownVariables(service: ServiceName): ReadonlySet<string> {
  return new Set([...runtimeVariables, ...serviceSettings[service].flatMap(({ shape }) => Object.keys(shape))]);
}
