import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { hash as hashArgon } from '@node-rs/argon2';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { auditEvents, sessions, users } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { eq } from 'drizzle-orm';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { newSession, startTestProcessor, type TestProcessor } from '../testing/start-test-processor.ts';
import { userAuthenticationHandler } from './user-authentication-handler.ts';

const password = 'five green parrots sing';
const newEmail = () => `${randomUUID()}@example.com`;

describe('the user store', () => {
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

  const credentials = async (email: string, text = password) => ({
    email,
    password: await processor.seal(text),
    session: newSession(),
  });
  const signUp = async (email = newEmail()) => {
    const data = await credentials(email);
    return { email, data, session: await processor.succeed('create', data) };
  };
  const findUser = async (email: string) =>
    (await processor.database.db.select().from(users).where(eq(users.email, email)))[0];
  const findSession = async (id: string) =>
    (await processor.database.db.select().from(sessions).where(eq(sessions.id, id)))[0];
  const auditOf = async (email: string) =>
    (
      await processor.database.db
        .select()
        .from(auditEvents)
        .where(eq(auditEvents.subject, email))
        .orderBy(auditEvents.sequence)
    ).map(({ kind }) => kind);

  it('says whether an address has a user', async () => {
    const { email } = await signUp();
    assert.deepEqual(await processor.succeed('check', { email }), { exists: true });
    assert.deepEqual(await processor.succeed('check', { email: newEmail() }), { exists: false });
  });

  it('creates a user with a first session', async () => {
    const { email, data, session } = await signUp();
    const user = await findUser(email);
    const row = await findSession(data.session.sessionId);
    assert.ok(user !== undefined && row !== undefined);
    assert.match(user.passwordHash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.deepEqual(session, {
      sessionId: data.session.sessionId,
      user: { userId: user.id, email, createdAt: user.createdAt.getTime() },
      generation: 0,
      idleExpiresAt: row.idleExpiresAt.getTime(),
      absoluteExpiresAt: row.absoluteExpiresAt.getTime(),
    });
    assert.equal(row.idleExpiresAt.getTime() - row.createdAt.getTime(), 3_600_000);
    assert.equal(row.absoluteExpiresAt.getTime() - row.createdAt.getTime(), 86_400_000);
    assert.equal(row.device, data.session.device);
    assert.equal(row.addressBlock, data.session.addressBlock);
    assert.deepEqual(await auditOf(email), ['user-created']);
  });

  it('refuses an address that has a user, and leaves that user alone', async () => {
    const { email } = await signUp();
    const earlier = await findUser(email);
    const again = await credentials(email, 'another good password');
    const answer = await processor.ask('create', again);
    assert.equal(answer.success, false);
    assert.equal(answer.error, 'already-exists');
    assert.deepEqual(await findUser(email), earlier);
    assert.equal(await findSession(again.session.sessionId), undefined);
  });

  it('starts a session for the right password', async () => {
    const { email, session: first } = await signUp();
    const data = await credentials(email);
    const session = await processor.succeed('auth', data);
    assert.equal(session.sessionId, data.session.sessionId);
    assert.deepEqual(session.user, first.user);
    assert.equal((await findSession(session.sessionId))?.endedAt, null);
    assert.deepEqual(await auditOf(email), ['user-created', 'signin-succeeded']);
  });

  it('gives a wrong password and an unknown address the same answer after the same work', async () => {
    const { email } = await signUp();
    const nobody = newEmail();
    for (const data of [await credentials(email, 'not the password'), await credentials(nobody)]) {
      const before = await processor.metric('cfd_db_processor_hashing_seconds');
      const answer = await processor.ask('auth', data);
      assert.deepEqual(
        { success: answer.success, data: answer.data, error: answer.success ? undefined : answer.error },
        { success: false, data: {}, error: 'credentials-incorrect' },
      );
      assert.equal((await processor.metric('cfd_db_processor_hashing_seconds')) - before, 1);
      assert.equal(await findSession(data.session.sessionId), undefined);
    }
    assert.deepEqual(await auditOf(email), ['user-created', 'signin-failed']);
    assert.deepEqual(await auditOf(nobody), ['signin-failed']);
  });

  it('takes a password in any Unicode form', async () => {
    const email = newEmail();
    await processor.succeed('create', await credentials(email, 'caf\u00e9 au lait fort'));
    await processor.succeed('auth', await credentials(email, 'cafe\u0301 au lait fort'));
  });

  const imported: Readonly<Record<string, () => Promise<string>>> = {
    bcrypt: () => hashBcrypt(password, { cost: 4, version: '2b' }),
    'a cheaper argon2': () => hashArgon(password, { memoryCost: 1024, timeCost: 1 }),
  };
  for (const [kind, hash] of Object.entries(imported)) {
    it(`signs in a user imported with ${kind} and replaces the hash`, async () => {
      const email = newEmail();
      const id = randomUUID();
      await processor.database.db.insert(users).values({ id, email, passwordHash: await hash() });
      const before = await findUser(email);
      assert.equal((await processor.ask('auth', await credentials(email, 'not the password'))).success, false);
      assert.deepEqual(await findUser(email), before);
      await processor.succeed('auth', await credentials(email));
      const after = await findUser(email);
      assert.match(after?.passwordHash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      assert.ok((after?.updatedAt ?? 0) > (before?.updatedAt ?? 0));
      await processor.succeed('auth', await credentials(email));
    });
  }

  it('signs nobody in whose hash is no hash', async () => {
    const email = newEmail();
    for (const passwordHash of ['!', '', '$argon2id$', '$2b$']) {
      await processor.database.db
        .insert(users)
        .values({ id: randomUUID(), email, passwordHash })
        .onConflictDoUpdate({ target: users.email, set: { passwordHash } });
      const answer = await processor.ask('auth', await credentials(email));
      assert.equal(answer.success ? undefined : answer.error, 'credentials-incorrect');
    }
  });

  it('opens no session for a password that was changed while it was verified', async () => {
    const { email, data } = await signUp();
    let verifications = 0;
    const context = {
      database: processor.database.db,
      limits: { idleMs: 1_000, absoluteMs: 1_000, graceMs: 0 },
      passwords: {
        hash: () => Promise.reject(new Error('nothing to hash')),
        verify: async (stored: string | undefined) => {
          verifications += 1;
          const correct = stored !== 'changed';
          await processor.database.db.update(users).set({ passwordHash: 'changed' }).where(eq(users.email, email));
          return { correct };
        },
      },
    };
    const request = processor.request('auth', { ...data, session: newSession() });
    const { answer } = await userAuthenticationHandler(context, request as OpenedRequestOf<'auth'>);
    assert.deepEqual(answer, { success: false, error: 'credentials-incorrect', data: {} });
    assert.equal(verifications, 2);
  });

  it('keeps passwords and hashes out of its log', async () => {
    const { email } = await signUp();
    const user = await findUser(email);
    assert.ok(!processor.logs().includes(password));
    assert.ok(!processor.logs().includes(user?.passwordHash ?? ''));
  });
});
