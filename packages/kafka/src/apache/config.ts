import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ApacheKafkaSettings } from './settings.ts';

const brokersMessage = 'it must be the addresses of some brokers, such as kafka-1:9092,kafka-2:9092';
const replicationMessage = 'it must be a whole number from 1 to 32';

/** Settings of the Apache Kafka cluster. */
export const kafkaConfigSchema = z.object({
  /** Some brokers, `host:port`, separated by commas; they name the others. */
  KAFKA_BROKERS: z
    .string(brokersMessage)
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every(isAddress), brokersMessage),
  /** Names this program in the brokers' logs and quotas. */
  KAFKA_CLIENT_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'it must be letters, digits, points and dashes')
    .default('cfd-broker'),
  /** Absent: no login. */
  KAFKA_SASL_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'it must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TLS: z
    .enum(['true', 'false'], 'it must be true or false')
    .transform((text) => text === 'true')
    .default(false),
  /** A file of the certificate authorities to trust, PEM; the system's own when absent. */
  KAFKA_TLS_CA_FILE: z.string().optional(),
  /** Copies of each partition of a topic created here; the brokers' own default when absent. */
  KAFKA_REPLICATION: z
    .string()
    .regex(/^[0-9]{1,2}$/, replicationMessage)
    .transform(Number)
    .pipe(z.int().min(1, replicationMessage).max(32, replicationMessage))
    .optional(),
});

export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;

/**
 * What the variables say, for `createApacheKafka`. Reads the file of certificate authorities.
 *
 * @throws Error in one clear sentence when they contradict each other, or the file cannot be read.
 */
export function kafkaSettings(config: KafkaConfig): ApacheKafkaSettings {
  const { KAFKA_REPLICATION: replication } = config;
  const [sasl, tls] = [saslOf(config), tlsOf(config)];
  return {
    brokers: config.KAFKA_BROKERS,
    clientId: config.KAFKA_CLIENT_ID,
    ...(tls && { tls }),
    ...(sasl && { sasl }),
    ...(replication !== undefined && { replication }),
  };
}

function saslOf(config: KafkaConfig): ApacheKafkaSettings['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new Error('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all or none.');
  }
  return { mechanism, username, password };
}

function tlsOf({ KAFKA_TLS: tls, KAFKA_TLS_CA_FILE: file }: KafkaConfig): ApacheKafkaSettings['tls'] {
  if (!tls) {
    if (file !== undefined)
      throw new Error('KAFKA_TLS_CA_FILE is set and KAFKA_TLS is not true: there would be no TLS.');
    return undefined;
  }
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new Error(`KAFKA_TLS_CA_FILE is "${file}", which cannot be read.`, { cause: error });
  }
}

function isAddress(text: string): boolean {
  const match = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}
