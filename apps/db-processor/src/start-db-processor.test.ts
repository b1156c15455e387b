import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { createEmbeddedKafka, ensureTopics, UnknownTopicError } from '@repo/kafka';
import { ConfigError, createLogger, generateSealingKeys, loadConfig } from '@repo/service';
import { dbProcessorConfigSchema } from './config.ts';
import { startDbProcessor } from './start-db-processor.ts';

const logger = createLogger({ level: 'silent' });

describe('db-processor', () => {
  let store: TestDatabase;
  let privateKey: string;

  before(async () => {
    store = await startTestDatabase();
    ({ privateKey } = await generateSealingKeys());
  });
  after(() => store.close());

  it('has sensible settings and refuses others in one sentence', () => {
    const config = loadConfig(dbProcessorConfigSchema, { SEALING_PRIVATE_KEY: privateKey });
    assert.partialDeepStrictEqual(config, {
      HASH_CONCURRENCY: 2,
      HASH_QUEUE: 16,
      SESSION_IDLE_SECONDS: 3_600,
      SESSION_ABSOLUTE_SECONDS: 86_400,
      ROTATION_GRACE_MS: 10_000,
    });
    assert.throws(
      () => loadConfig(dbProcessorConfigSchema, { HASH_CONCURRENCY: 'many' }),
      new ConfigError(
        'SEALING_PRIVATE_KEY is not set: a secret of at least 32 characters is needed.\n' +
          'HASH_CONCURRENCY is "many": it must be a whole number from 1 to 64.',
      ),
    );
  });

  it('starts, is ready, and stops; twice is once', async () => {
    const database = openDatabase(store.url('db_processor'));
    const kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    const config = loadConfig(dbProcessorConfigSchema, { SEALING_PRIVATE_KEY: privateKey });
    const service = await startDbProcessor({ config, logger, kafka, database });
    assert.equal(service.name, 'db-processor');
    assert.deepEqual(await service.health.readiness(), { ready: true, checks: { database: 'ok', kafka: 'ok' } });
    assert.match(await service.metrics.metrics(), /^cfd_db_processor_hash_gate_running_passwords 0$/m);
    await Promise.all([service.stop(), service.stop()]);
    assert.equal((await service.health.readiness()).ready, false);
    await kafka.close();
    await database.close();
  });

  const publicHalf = '{"kty":"OKP","crv":"X25519","x":"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"}';
  for (const key of ['no key, whatever its length may be', '{"kty":"OKP","crv":"X25519","x":"AAAA"}', publicHalf]) {
    it(`refuses as its private key: ${key}`, async () => {
      const database = openDatabase(store.url('db_processor'));
      const kafka = createEmbeddedKafka();
      await ensureTopics(kafka);
      const config = loadConfig(dbProcessorConfigSchema, { SEALING_PRIVATE_KEY: key });
      await assert.rejects(startDbProcessor({ config, logger, kafka, database }), ConfigError);
      await kafka.close();
      await database.close();
    });
  }

  it('leaves nothing running when it cannot start', async () => {
    const database = openDatabase(store.url('db_processor'));
    const kafka = createEmbeddedKafka();
    const config = loadConfig(dbProcessorConfigSchema, { SEALING_PRIVATE_KEY: privateKey });
    await assert.rejects(startDbProcessor({ config, logger, kafka, database }), UnknownTopicError);
    await kafka.close();
    await database.close();
  });
});
