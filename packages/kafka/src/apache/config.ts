import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ApacheKafkaSettings } from './settings.ts';

const brokersMessage = 'it must be the addresses of some brokers, such as kafka-1:9092,kafka-2:9092';
const replicationMessage = 'it must be a whole number from 1 to 32';

/** Settings of the Apache Kafka cluster; docs/operations/configuration.md is made from them. */
export const kafkaConfigSchema = z
  .object({
    KAFKA_BROKERS: z
      .string(brokersMessage)
      .transform((text) => text.split(',').map((broker) => broker.trim()))
      .refine((brokers) => brokers.every(isAddress), brokersMessage)
      .describe('Some brokers; they name the others.'),
    KAFKA_CLIENT_ID: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'it must be letters, digits, points and dashes')
      .default('cfd-broker')
      .describe('Names this program in the brokers’ logs and quotas.'),
    KAFKA_SASL_MECHANISM: z
      .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'it must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
      .optional()
      .describe('How to log in. Absent: no login.'),
    KAFKA_SASL_USERNAME: z.string().optional().describe('Goes with `KAFKA_SASL_MECHANISM`.'),
    KAFKA_SASL_PASSWORD: z.string().optional().meta({ description: 'Goes with `KAFKA_SASL_MECHANISM`.', secret: true }),
    KAFKA_TLS: z
      .enum(['true', 'false'], 'it must be true or false')
      .transform((text) => text === 'true')
      .default(false)
      .describe('Whether connections are TLS.'),
    KAFKA_TLS_CA_FILE: z
      .string()
      .refine(isReadable, 'it must be a file that can be read')
      .optional()
      .describe('A file of the certificate authorities to trust, PEM. Absent: those that Node brings.'),
    KAFKA_REPLICATION: z
      .string()
      .regex(/^[0-9]{1,2}$/, replicationMessage)
      .transform(Number)
      .pipe(z.int().min(1, replicationMessage).max(32, replicationMessage))
      .optional()
      .describe(
        'Copies of each partition of a topic created here; from 3 on, two must have a record before it counts. ' +
          'Absent: the brokers’ own default.',
      ),
  })
  .superRefine(refuseContradictions);

export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;

/** What the variables say, for `createApacheKafka`. Reads the file of certificate authorities. */
export function kafkaSettings(config: KafkaConfig): ApacheKafkaSettings {
  const { KAFKA_REPLICATION: replication, KAFKA_TLS_CA_FILE: file } = config;
  const sasl = saslOf(config);
  return {
    brokers: config.KAFKA_BROKERS,
    clientId: config.KAFKA_CLIENT_ID,
    ...(config.KAFKA_TLS && { tls: file === undefined ? {} : { ca: readFileSync(file, 'utf8') } }),
    ...(sasl && { sasl }),
    ...(replication !== undefined && { replication }),
  };
}

function saslOf(config: KafkaConfig): ApacheKafkaSettings['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}

const login = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;

type Settings = { readonly [name in (typeof login)[number] | 'KAFKA_TLS_CA_FILE']?: string | undefined } & {
  readonly KAFKA_TLS: boolean;
};

/** A part of a login that is missing would mean none, and a file of authorities without TLS plain connections. */
function refuseContradictions(settings: Settings, context: z.RefinementCtx): void {
  const missing = login.filter((name) => settings[name] === undefined);
  if (missing.length < login.length) {
    for (const name of missing) {
      const others = login.filter((other) => other !== name).join(' and ');
      context.addIssue({ code: 'custom', path: [name], message: `it goes together with ${others}` });
    }
  }
  if (settings.KAFKA_TLS_CA_FILE !== undefined && !settings.KAFKA_TLS) {
    const message = 'without KAFKA_TLS=true there would be no TLS';
    context.addIssue({ code: 'custom', path: ['KAFKA_TLS_CA_FILE'], message });
  }
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function isAddress(text: string): boolean {
  const match = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}
