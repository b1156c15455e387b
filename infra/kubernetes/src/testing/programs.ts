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

/** A component of the chart as a program: what it reads from its environment, and what of that is secret. */
export interface Program {
  readonly component: string;
  readonly schemas: readonly z.ZodObject[];
  /** Exactly these come from Secrets, without a login to Kafka. */
  readonly secrets: readonly string[];
}

const everyService = [kafkaConfigSchema, databaseConfigSchema, processConfigSchema, tracingConfigSchema] as const;

export const programs: readonly Program[] = [
  {
    component: 'api-server',
    schemas: [apiServerConfigSchema, redisConfigSchema, ...everyService],
    secrets: [
      'DATABASE_URL',
      'JWT_SECRET',
      'OTP_SECRET',
      'REDIS_URL',
      'REFRESH_SECRET',
      'SEALING_PUBLIC_KEY',
      'SMTP_URL',
    ],
  },
  {
    component: 'db-processor',
    schemas: [dbProcessorConfigSchema, ...everyService],
    secrets: ['DATABASE_URL', 'SEALING_PRIVATE_KEY'],
  },
  {
    component: 'trading-engine',
    schemas: [tradingEngineConfigSchema, ...everyService],
    secrets: ['DATABASE_URL'],
  },
  {
    component: 'poller',
    schemas: [standbyPollerConfigSchema, redisConfigSchema, ...everyService],
    secrets: ['DATABASE_URL', 'REDIS_URL'],
  },
  { component: 'web', schemas: [serverConfigSchema], secrets: [] },
  {
    component: 'migrate',
    schemas: [migrateConfigSchema],
    secrets: [
      'API_SERVER_PASSWORD',
      'DATABASE_URL',
      'DB_PROCESSOR_PASSWORD',
      'POLLER_PASSWORD',
      'TRADING_ENGINE_PASSWORD',
    ],
  },
];

/** What an operator would put into the Secrets. */
export const sampleSecrets: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://role:password@postgres:5432/cfd?sslmode=verify-full',
  REDIS_URL: 'rediss://:password@redis:6379/0',
  SMTP_URL: 'smtp://user:password@mail:587',
  JWT_SECRET: 'j'.repeat(43),
  REFRESH_SECRET: 'r'.repeat(43),
  OTP_SECRET: 'o'.repeat(43),
  SEALING_PUBLIC_KEY: '{"kty":"OKP","crv":"X25519","x":"public"}',
  SEALING_PRIVATE_KEY: '{"kty":"OKP","crv":"X25519","d":"private"}',
  DB_PROCESSOR_PASSWORD: 'd'.repeat(43),
  API_SERVER_PASSWORD: 'a'.repeat(43),
  POLLER_PASSWORD: 'p'.repeat(43),
  TRADING_ENGINE_PASSWORD: 't'.repeat(43),
  KAFKA_SASL_USERNAME: 'broker',
  KAFKA_SASL_PASSWORD: 'password',
};
