import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { findFreePort } from '@repo/service';

/** Starts the program and waits for its end. */
async function run(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      INTERNAL_PORT: String(await findFreePort()),
      SEALING_PRIVATE_KEY: 'a key that nobody comes to look at',
      DATABASE_URL: 'postgres://db_processor@127.0.0.1:1/none',
      KAFKA_BROKERS: '127.0.0.1:1',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 30_000,
  });
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { code, complaint };
}

describe('a db-processor with settings that contradict each other', () => {
  for (const [environment, sentence] of [
    [
      { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'bob' },
      'KAFKA_SASL_PASSWORD is not set: it goes together with KAFKA_SASL_MECHANISM and KAFKA_SASL_USERNAME.',
    ],
    [
      { KAFKA_TLS_CA_FILE: '/dev/null' },
      'KAFKA_TLS_CA_FILE is "/dev/null": without KAFKA_TLS=true there would be no TLS.',
    ],
    [
      { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: '/nowhere/ca.pem' },
      'KAFKA_TLS_CA_FILE is "/nowhere/ca.pem": it must be a file that can be read.',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318": it must be a URL such as http://otel-collector:4318.',
    ],
  ] as const) {
    it(`ends with code 1 and one sentence: ${Object.keys(environment).join(', ')}`, async () => {
      assert.deepEqual(await run(environment), { code: 1, complaint: `db-processor cannot start. ${sentence}\n` });
    });
  }
});
