import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { newTopic, numbered, readSome, send, valuesOf } from '../contract/helpers.ts';
import { KafkaUnavailableError } from '../port.ts';
import { kafkaConfigSchema, kafkaSettings } from './config.ts';
import { createApacheKafka } from './create-apache-kafka.ts';
import { type KafkaProcess, startKafkaProcess } from './testing/kafka-process.ts';

const run = promisify(execFile);
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

describe('a broker that asks for TLS and a login', () => {
  let broker: KafkaProcess;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'kafka-login-'));
    const [key, certificate, both] = ['key.pem', 'certificate.pem', 'both.pem'].map((file) =>
      path.join(directory, file),
    );
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', key as string, '-out', certificate as string];
    await run('openssl', ['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-days', '1', ...subject, ...files]);
    await run('sh', ['-c', `cat '${key}' '${certificate}' > '${both}'`]);
    const module = 'org.apache.kafka.common.security';
    broker = await startKafkaProcess({
      protocol: 'SASL_SSL',
      properties: {
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': both as string,
        'sasl.enabled.mechanisms': mechanisms.join(','),
        'listener.name.client.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_alice="parrots";`,
        'listener.name.client.scram-sha-256.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
        'listener.name.client.scram-sha-512.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
      },
      scram: ['SCRAM-SHA-256=[name=alice,password=parrots]', 'SCRAM-SHA-512=[name=alice,password=parrots]'],
    });
  });
  after(async () => {
    await broker?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const connect = (mechanism: string, password: string, caFile = path.join(directory, 'certificate.pem')) =>
    createApacheKafka(
      kafkaSettings(
        kafkaConfigSchema.parse({
          KAFKA_BROKERS: broker.broker,
          KAFKA_SASL_MECHANISM: mechanism,
          KAFKA_SASL_USERNAME: 'alice',
          KAFKA_SASL_PASSWORD: password,
          KAFKA_TLS: 'true',
          ...(caFile !== '' && { KAFKA_TLS_CA_FILE: caFile }),
        }),
      ),
    );

  for (const mechanism of mechanisms) {
    it(`takes ${mechanism} with the right password`, async (test) => {
      const kafka = connect(mechanism, 'parrots');
      test.after(() => kafka.close());
      const topic = await newTopic(kafka);
      await send(kafka, topic, 'key', numbered(0, 3));
      assert.deepEqual(valuesOf(await readSome(kafka, { topic }, 3)), numbered(0, 3));
    });

    it(`refuses ${mechanism} with a wrong password, and the error says so`, async (test) => {
      const kafka = connect(mechanism, 'cockatoos');
      test.after(() => kafka.close());
      await assert.rejects(kafka.ping(), (error: Error) => {
        assert.ok(error instanceof KafkaUnavailableError);
        assert.match(error.message, /refused the login .*(Authentication failed|credentials)/i);
        assert.doesNotMatch(error.message, /cockatoos/);
        return true;
      });
    });
  }

  it('is not believed without its certificate', async (test) => {
    const kafka = connect('PLAIN', 'parrots', '');
    test.after(() => kafka.close());
    await assert.rejects(kafka.ping(), (error: Error) => {
      assert.ok(error instanceof KafkaUnavailableError);
      assert.match(error.message, /self-signed certificate/);
      return true;
    });
  });

  it('is not understood without TLS', async (test) => {
    const kafka = createApacheKafka({ brokers: [broker.broker], clientId: 'test' });
    test.after(() => kafka.close());
    await assert.rejects(kafka.ping(), KafkaUnavailableError);
  });
});
