import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { auditEvents, processedRequests, sessions, users } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import type { Sealed, UserResponse } from '@repo/schemas';
import { createSeal, generateSealingKeys } from '@repo/service';
import { count, eq } from 'drizzle-orm';
import { newSession, startTestProcessor, type TestProcessor } from '../testing/start-test-processor.ts';
import { until } from '../testing/until.ts';

const password = 'five green parrots sing';
const newEmail = () => `${randomUUID()}@example.com`;
/** The answer without what differs from one publication to the next. */
const content = (answer: UserResponse) => ({ ...answer, id: undefined, at: undefined });

describe('user requests', () => {
  let store: TestDatabase;
  let processor: TestProcessor;

  before(async () => {
    store = await startTestDatabase();
    processor = await startTestProcessor(store, { HASH_QUEUE: '1000' });
  });
  after(async () => {
    await processor.stop();
    await store.close();
  });

  const credentials = async (email = newEmail()) => ({
    email,
    password: await processor.seal(password),
    session: newSession(),
  });
  const sessionsOf = async (email: string) =>
    processor.database.db
      .select({ id: sessions.id })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(users.email, email));

  it('has one effect and one answer for a request that comes 100 times at once', async () => {
    const data = await credentials();
    const create = processor.request('create', data);
    const auth = processor.request('auth', { ...data, session: newSession() });
    for (const request of [create, auth]) {
      // Under different keys, so that they are spread over the partitions and run side by side.
      await Promise.all(Array.from({ length: 100 }, (_, copy) => processor.send([request], `key ${copy}`)));
      const answers = await until(() => {
        const some = processor.answers(request);
        return some.length === 100 && some;
      });
      const [first] = answers;
      assert.ok(first?.success);
      for (const answer of answers) assert.deepEqual(content(answer), content(first));
    }
    assert.equal((await sessionsOf(data.email)).length, 2);
    const audits = await processor.database.db
      .select({ kind: auditEvents.kind })
      .from(auditEvents)
      .where(eq(auditEvents.subject, data.email));
    assert.deepEqual(audits.map(({ kind }) => kind).sort(), ['signin-succeeded', 'user-created']);
    assert.equal(await processor.metric('cfd_db_processor_requests_total', { type: 'create', outcome: 'success' }), 1);
    assert.equal(
      await processor.metric('cfd_db_processor_requests_total', { type: 'create', outcome: 'repeated' }),
      99,
    );
  });

  it('repeats an answer whatever has changed since', async () => {
    const data = await credentials();
    await processor.succeed('create', data);
    const failing = processor.request('auth', {
      ...data,
      session: newSession(),
      password: await processor.seal('wrong'),
    });
    const ending = processor.request('end-session', { sessionId: data.session.sessionId });
    const rotating = processor.request('rotate-session', { sessionId: data.session.sessionId, generation: 0 });
    const rounds: (readonly UserResponse[])[] = [];
    for (const round of [1, 2]) {
      for (const request of [failing, rotating, ending]) {
        await processor.send([request]);
        rounds.push(await until(() => processor.answers(request).length === round && processor.answers(request)));
      }
    }
    for (const [first, second] of rounds.slice(3)) {
      assert.deepEqual(content(second as UserResponse), content(first as UserResponse));
    }
    const [failed, rotated, ended] = rounds.map(([first]) => first?.data);
    assert.deepEqual(failed, {});
    assert.partialDeepStrictEqual(rotated, { outcome: 'rotated' });
    assert.deepEqual(ended, { ended: true });
  });

  it('runs the sign-ins of different users in one batch side by side, and those of one in order', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => credentials()));
    // One Kafka key: one partition, one batch.
    const creates = all.map((data) => processor.request('create', data));
    const auths = all.map((data) => processor.request('auth', { ...data, session: newSession() }));
    await processor.send([...creates, ...auths], 'one key');
    for (const request of [...creates, ...auths]) {
      const answer = await until(() => processor.answers(request)[0]);
      assert.ok(answer.success, 'the user was created before the sign-in');
    }
  });

  it('drops a request that came too late', async () => {
    const data = await credentials();
    const late = processor.request('create', data, { expiresAt: Date.now() - 1 });
    await processor.send([late]);
    assert.deepEqual(await processor.succeed('check', { email: data.email }), { exists: false });
    assert.deepEqual(processor.answers(late), []);
    assert.equal(await processor.metric('cfd_db_processor_requests_total', { type: 'create', outcome: 'expired' }), 1);
  });

  it('sets a poisonous request aside and answers the others once', async () => {
    const strange = await createSeal((await generateSealingKeys()).publicKey);
    const email = newEmail();
    const signUp = await credentials(email);
    const good = [processor.request('create', signUp), processor.request('check', { email })];
    const session = newSession();
    const broken = `${(await processor.seal(password)).slice(0, -3)}AAA` as Sealed;
    const poison = [
      processor.request('create', { email, session, password: await strange(password) }),
      processor.request('auth', { email, session, password: broken }),
      processor.request('auth', { email, session, password: await processor.seal('') }),
      processor.request('auth', { email, session, password: await processor.seal('with a \0 inside') }),
      processor.request('check', { email: email.toUpperCase() }),
      processor.request('check', { email: 'nobody' }),
      // A session that is there already.
      processor.request('auth', { ...(await credentials(email)), session: signUp.session }),
      processor.request('create', { ...(await credentials()), session: signUp.session }),
    ];
    const before = (await processor.deadLetters('user-requests')).length;
    const [first, second] = good;
    assert.ok(first !== undefined && second !== undefined);
    await processor.send([first, ...poison, second], email);
    assert.equal((await until(() => processor.answers(second)[0])).success, true);
    const letters = await until(async () => {
      const all = (await processor.deadLetters('user-requests')).slice(before);
      return all.length === poison.length && all;
    });
    const reasons = letters.map(({ value }) => JSON.parse(value).reason as string);
    assert.deepEqual(
      reasons.map((reason) => reason.split(' (')[0]),
      [
        'the password was not sealed to this service or was altered',
        'the password was not sealed to this service or was altered',
        'the password is not one that an api-server accepts',
        'the password is not one that an api-server accepts',
        'the e-mail address is not in canonical form',
        'the e-mail address is not in canonical form',
        'the database refuses what is in it',
        'the database refuses what is in it',
      ],
    );
    assert.deepEqual([processor.answers(first).length, processor.answers(second).length], [1, 1]);
    assert.equal((await sessionsOf(email)).length, 1);
    for (const request of poison) assert.deepEqual(processor.answers(request), []);
    assert.equal(
      await processor.metric('cfd_db_processor_dead_letters_total', { topic: 'user-requests' }),
      before + poison.length,
    );
  });

  it('sets aside what is no request at all', async () => {
    const before = (await processor.deadLetters('user-requests')).length;
    const values = [
      'not JSON',
      '{}',
      'null',
      '[]',
      JSON.stringify({ ...processor.request('check', { email: 'a@b.c' }), extra: 1 }),
    ];
    await processor.kafka.send(
      'user-requests',
      values.map((value) => ({ key: 'x', value })),
    );
    await until(async () => (await processor.deadLetters('user-requests')).length === before + values.length);
    assert.deepEqual(await processor.succeed('check', { email: newEmail() }), { exists: false });
  });

  it('says that it is busy when too many wait, and forgets the request', async (test) => {
    const small = await startTestProcessor(store, { HASH_CONCURRENCY: '1', HASH_QUEUE: '2' });
    test.after(() => small.stop());
    const requests = await Promise.all(
      Array.from({ length: 20 }, async () =>
        small.request('create', { ...(await credentials()), password: await small.seal(password) }),
      ),
    );
    await small.send(requests, 'one key');
    const answers = await Promise.all(requests.map((request) => until(() => small.answers(request)[0])));
    const busy = answers.filter((answer) => !answer.success);
    assert.ok(busy.length > 0 && busy.length < 20);
    for (const answer of busy) {
      assert.deepEqual(answer.data, { retryAfterSeconds: 1 });
      assert.equal(answer.error, 'busy');
      const [stored] = await small.database.db
        .select({ rows: count() })
        .from(processedRequests)
        .where(eq(processedRequests.requestId, answer.requestId));
      assert.equal(stored?.rows, 0);
    }
  });

  it('answers nothing while the database is away, and the right thing when it is back', async () => {
    const data = await credentials();
    await processor.succeed('create', data);
    await store.stopServer();
    assert.equal((await processor.service.health.readiness()).ready, false);
    const requests = [
      processor.request('check', { email: data.email }),
      processor.request('auth', { ...data, session: newSession() }),
      processor.request('rotate-session', { sessionId: data.session.sessionId, generation: 0 }),
    ];
    const failures = await processor.metric('cfd_db_processor_batch_failures_total');
    await processor.send(requests, data.email);
    await until(async () => (await processor.metric('cfd_db_processor_batch_failures_total')) >= failures + 3);
    for (const request of requests) assert.deepEqual(processor.answers(request), []);
    await store.startServer();
    for (const request of requests) {
      const answer = await until(() => processor.answers(request)[0]);
      assert.equal(answer.success, true);
      assert.equal(processor.answers(request).length, 1);
    }
    assert.deepEqual(await processor.service.health.readiness(), {
      ready: true,
      checks: { database: 'ok', kafka: 'ok' },
    });
    assert.ok(!processor.logs().includes('$argon2id$'), 'no hash in what was logged of the failures');
  });
});
