import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { auditEvents, createSessionReader, openDatabase, sessions } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import type { SessionData, UserResponseData } from '@repo/schemas';
import { eq, sql } from 'drizzle-orm';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { newSession, startTestProcessor, type TestProcessor } from '../testing/start-test-processor.ts';
import { sessionRotationHandler } from './session-rotation-handler.ts';

type Rotation = UserResponseData['rotate-session'];

describe('sessions', () => {
  let store: TestDatabase;
  let processor: TestProcessor;

  before(async () => {
    store = await startTestDatabase();
    processor = await startTestProcessor(store);
  });
  after(async () => {
    await processor.stop();
    await store.close();
  });

  const start = async (): Promise<SessionData> => {
    const email = `${randomUUID()}@example.com`;
    const password = await processor.seal('five green parrots sing');
    return processor.succeed('create', { email, password, session: newSession() });
  };
  const rotate = ({ sessionId }: SessionData, generation: number) =>
    processor.succeed('rotate-session', { sessionId, generation });
  const find = async ({ sessionId }: SessionData) =>
    (await processor.database.db.select().from(sessions).where(eq(sessions.id, sessionId)))[0];
  const shift = (session: SessionData, columns: Partial<Record<keyof typeof sessions.$inferSelect, string>>) => {
    const changes = Object.fromEntries(
      Object.entries(columns).map(([column, by]) => [
        column,
        sql`${sessions[column as 'rotatedAt']} + ${by}::text::interval`,
      ]),
    );
    return processor.database.db.update(sessions).set(changes).where(eq(sessions.id, session.sessionId));
  };
  const auditOf = async ({ user }: SessionData) =>
    (
      await processor.database.db
        .select()
        .from(auditEvents)
        .where(eq(auditEvents.subject, user.email))
        .orderBy(auditEvents.sequence)
    ).map(({ kind }) => kind);
  const outcomes = (rotations: readonly Rotation[]) => rotations.map(({ outcome }) => outcome);
  const rotateDirectly = async (session: SessionData, generation: number): Promise<Rotation> => {
    const { sessionId } = session;
    const limits = { idleMs: 3_600_000, absoluteMs: 86_400_000, graceMs: 10_000 };
    const context = { database: processor.database.db, limits } as Parameters<typeof sessionRotationHandler>[0];
    const request = processor.request('rotate-session', { sessionId, generation });
    const { answer } = await sessionRotationHandler(context, request as OpenedRequestOf<'rotate-session'>);
    assert.ok(answer.success);
    return answer.data as Rotation;
  };

  it('moves on with the current token', async () => {
    const session = await start();
    await shift(session, { rotatedAt: '-30 minutes', idleExpiresAt: '-30 minutes' });
    const rotation = await rotate(session, 0);
    const row = await find(session);
    assert.deepEqual(rotation, {
      outcome: 'rotated',
      session: { ...session, generation: 1, idleExpiresAt: row?.idleExpiresAt.getTime() },
    });
    assert.equal(row?.generation, 1);
    assert.equal(row.idleExpiresAt.getTime() - row.rotatedAt.getTime(), 3_600_000);
    assert.deepEqual(await auditOf(session), ['user-created', 'session-refreshed']);
  });

  it('lives never longer than a day', async () => {
    const session = await start();
    await shift(session, { absoluteExpiresAt: '-23:50' });
    const rotation = await rotate(session, 0);
    assert.ok(rotation.outcome === 'rotated');
    assert.equal(rotation.session.idleExpiresAt, rotation.session.absoluteExpiresAt);
  });

  it('repeats the last rotation within its grace', async () => {
    const session = await start();
    const first = await rotate(session, 0);
    const again = await rotate(session, 0);
    assert.ok(first.outcome === 'rotated' && again.outcome === 'repeated');
    assert.deepEqual(again.session, first.session);
    assert.equal((await rotate(session, 1)).outcome, 'rotated');
  });

  it('ends the session when a token is used again after the grace', async () => {
    const session = await start();
    await rotate(session, 0);
    await shift(session, { rotatedAt: '-10.1 seconds' });
    const { userId, email } = session.user;
    assert.deepEqual(await rotate(session, 0), { outcome: 'reused', userId, email });
    assert.equal((await find(session))?.endReason, 'reused');
    assert.deepEqual(await rotate(session, 1), { outcome: 'ended' }, 'the thief and the owner alike');
    assert.deepEqual(await auditOf(session), ['user-created', 'session-refreshed', 'refresh-reused']);
  });

  it('ends the session when an older token is used, within the grace too', async () => {
    const session = await start();
    await rotate(session, 0);
    await rotate(session, 1);
    assert.equal((await rotate(session, 0)).outcome, 'reused');
  });

  it('ends the session when a token of the future is used', async () => {
    const session = await start();
    assert.equal((await rotate(session, 1)).outcome, 'reused');
  });

  it('knows how long the grace is from its settings', async (test) => {
    const strict = await startTestProcessor(store, { ROTATION_GRACE_MS: '0' });
    test.after(() => strict.stop());
    const session = await start();
    await rotate(session, 0);
    const { sessionId } = session;
    assert.equal((await strict.succeed('rotate-session', { sessionId, generation: 0 })).outcome, 'reused');
  });

  it('rotates once when 20 tabs use the same token at once', async () => {
    const session = await start();
    const rotations = await Promise.all(Array.from({ length: 20 }, () => rotateDirectly(session, 0)));
    assert.deepEqual(outcomes(rotations).sort(), [...Array(19).fill('repeated'), 'rotated']);
    assert.equal(new Set(rotations.map((one) => JSON.stringify('session' in one ? one.session : one))).size, 1);
    assert.equal((await find(session))?.generation, 1);
  });

  it('ends once when a used token comes 20 times at once', async () => {
    const session = await start();
    await rotate(session, 0);
    await rotate(session, 1);
    const rotations = await Promise.all(Array.from({ length: 20 }, () => rotateDirectly(session, 0)));
    assert.deepEqual(outcomes(rotations).sort(), [...Array(19).fill('ended'), 'reused']);
  });

  for (const [why, columns] of Object.entries({
    'idle for an hour': { idleExpiresAt: '-1 hour' },
    'a day old': { idleExpiresAt: '-1 day', absoluteExpiresAt: '-1 day' },
  })) {
    it(`does not move on a session ${why}`, async () => {
      const session = await start();
      await shift(session, columns);
      assert.deepEqual(await rotate(session, 0), { outcome: 'ended' });
      assert.deepEqual(await processor.succeed('end-session', { sessionId: session.sessionId }), { ended: false });
      assert.equal((await find(session))?.generation, 0);
    });
  }

  it('ends a session once, for all readers', async (test) => {
    const reader = openDatabase(store.url('api_server'));
    test.after(() => reader.close());
    const session = await start();
    const { sessionId } = session;
    assert.deepEqual(await createSessionReader(reader).findActiveSession(sessionId), session);
    assert.deepEqual(await processor.succeed('end-session', { sessionId }), { ended: true });
    assert.equal(await createSessionReader(reader).findActiveSession(sessionId), undefined);
    assert.deepEqual(await processor.succeed('end-session', { sessionId }), { ended: false });
    assert.deepEqual(await rotate(session, 0), { outcome: 'ended' });
    assert.equal((await find(session))?.endReason, 'signed-out');
    assert.deepEqual(await auditOf(session), ['user-created', 'session-ended']);
  });

  it('knows nothing of a session that never was', async () => {
    const sessionId = randomUUID();
    assert.deepEqual(await processor.succeed('rotate-session', { sessionId, generation: 0 }), { outcome: 'ended' });
    assert.deepEqual(await processor.succeed('end-session', { sessionId }), { ended: false });
  });
});
