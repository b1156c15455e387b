import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { createEmbeddedKafka, ensureTopics, followTopic } from '@repo/kafka';
import type { Sealed, UserRequest, UserResponse } from '@repo/schemas';
import { createLogger, createMetrics, GateFullError } from '@repo/service';
import { createConsumerReports } from '../consumer-reports.ts';
import { createDbProcessorMetrics } from '../metrics.ts';
import { newSession } from '../testing/start-test-processor.ts';
import { until } from '../testing/until.ts';
import { consumeUserRequests } from './consume-user-requests.ts';

describe('a batch that fails in part', () => {
  let store: TestDatabase;
  before(async () => {
    store = await startTestDatabase();
  });
  after(() => store.close());

  it('comes again for those without an answer only', async (test) => {
    const database = openDatabase(store.url('db_processor'));
    test.after(() => database.close());
    const kafka = createEmbeddedKafka();
    test.after(() => kafka.close());
    await ensureTopics(kafka);
    const answers: UserResponse[] = [];
    const follower = followTopic(kafka, {
      topic: 'user-responses',
      onMessages: (received) => void answers.push(...received.map(({ message }) => message)),
    });
    test.after(() => follower.close());
    await follower.ready;

    // A hasher with a will of its own: full at first for one password, broken at first for another.
    const seen = new Set<string>();
    const hash = (password: string) => {
      if (seen.has(password)) return Promise.resolve('hash');
      seen.add(password);
      if (password === 'full') return Promise.reject(new GateFullError('full'));
      if (password === 'broken') return Promise.reject(new Error('broken'));
      return Promise.resolve('hash');
    };
    const request = (password?: string): UserRequest => {
      const email = `${randomUUID()}@example.com`;
      const envelope = {
        id: randomUUID(),
        at: 0,
        requestId: randomUUID(),
        replyTo: 'us',
        expiresAt: Date.now() + 60_000,
      };
      return password === undefined
        ? { ...envelope, type: 'check', data: { email } }
        : { ...envelope, type: 'create', data: { email, password: password as Sealed, session: newSession() } };
    };
    const requests = [request(), request('full'), request('broken'), request('good')];
    await kafka.send(
      'user-requests',
      requests.map((one) => {
        const sealed = 'password' in one.data ? { ...one.data, password: `${one.data.password}....` } : one.data;
        return { key: 'one key', value: JSON.stringify({ ...one, data: sealed }) };
      }),
    );
    const metrics = createDbProcessorMetrics(createMetrics());
    const logger = createLogger({ level: 'silent' });
    const consumer = consumeUserRequests({
      kafka,
      logger,
      metrics,
      context: {
        database: database.db,
        limits: { idleMs: 1_000, absoluteMs: 1_000, graceMs: 0 },
        passwords: { hash, verify: () => Promise.reject(new Error('nothing to verify')) },
      },
      unseal: (sealed) => Promise.resolve(sealed.replaceAll('.', '')),
      reports: createConsumerReports(logger, metrics),
    });
    test.after(() => consumer.close());

    await until(() => answers.some(({ requestId }) => requestId === requests[2]?.requestId));
    assert.deepEqual(
      requests.map(({ requestId }) =>
        answers.filter((answer) => answer.requestId === requestId).map((answer) => answer.success || answer.error),
      ),
      [[true], ['busy'], [true], [true]],
    );
    assert.equal((await metrics.batchFailures.get()).values[0]?.value, 1);
  });
});
