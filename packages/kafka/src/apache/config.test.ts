import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { kafkaConfigSchema, kafkaSettings } from './config.ts';

const settingsOf = (environment: Record<string, string>) =>
  kafkaSettings(kafkaConfigSchema.parse({ KAFKA_BROKERS: 'kafka:9092', ...environment }));

/** Which settings are refused, and why. */
const refusalsOf = (environment: Record<string, string>) =>
  kafkaConfigSchema
    .safeParse({ KAFKA_BROKERS: 'kafka:9092', ...environment })
    .error?.issues.map(({ path: [name], message }) => [name, message]) ?? [];

describe('the settings of Kafka', () => {
  it('are the addresses of brokers, and little else', () => {
    assert.deepEqual(settingsOf({ KAFKA_BROKERS: 'a:9092, b-1.example.com:19092,[::1]:9092' }), {
      brokers: ['a:9092', 'b-1.example.com:19092', '[::1]:9092'],
      clientId: 'cfd-broker',
    });
  });

  it('refuse brokers without a port, no brokers, and numbers that are none', () => {
    for (const wrong of ['', 'kafka', 'kafka:0', 'kafka:65536', 'a:1,,b:2', 'kafka://a:9092']) {
      assert.equal(kafkaConfigSchema.safeParse({ KAFKA_BROKERS: wrong }).success, false, wrong);
    }
    assert.equal(kafkaConfigSchema.safeParse({ KAFKA_BROKERS: 'a:1', KAFKA_REPLICATION: '0' }).success, false);
    assert.equal(settingsOf({ KAFKA_REPLICATION: '3' }).replication, 3);
  });

  it('log in with all three parts of a login or not at all', () => {
    const login = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'bob', KAFKA_SASL_PASSWORD: 'secret' };
    assert.deepEqual(settingsOf(login).sasl, { mechanism: 'SCRAM-SHA-512', username: 'bob', password: 'secret' });
    const { KAFKA_SASL_PASSWORD: _, ...incomplete } = login;
    assert.deepEqual(refusalsOf(incomplete), [
      ['KAFKA_SASL_PASSWORD', 'it goes together with KAFKA_SASL_MECHANISM and KAFKA_SASL_USERNAME'],
    ]);
    assert.deepEqual(
      refusalsOf({ KAFKA_SASL_PASSWORD: 'secret' }).map(([name]) => name),
      ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME'],
    );
  });

  it('trust the system, or the file that is named', (test) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'kafka-config-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const file = path.join(directory, 'ca.pem');
    writeFileSync(file, 'PEM');
    assert.equal(settingsOf({ KAFKA_TLS: 'false' }).tls, undefined);
    assert.deepEqual(settingsOf({ KAFKA_TLS: 'true' }).tls, {});
    assert.deepEqual(settingsOf({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: file }).tls, { ca: 'PEM' });
    assert.deepEqual(refusalsOf({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: `${file}.absent` }), [
      ['KAFKA_TLS_CA_FILE', 'it must be a file that can be read'],
    ]);
    assert.deepEqual(refusalsOf({ KAFKA_TLS_CA_FILE: file }), [
      ['KAFKA_TLS_CA_FILE', 'without KAFKA_TLS=true there would be no TLS'],
    ]);
  });
});
