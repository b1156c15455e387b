import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { SessionData } from '@repo/schemas';
import type { SessionStore } from '../port.ts';
import { longMs, newName, until } from './helpers.ts';

const ended = { state: 'ended' };

function newSession(userId = newName()): SessionData {
  return {
    sessionId: randomUUID(),
    user: { userId, email: 'ünïcode+tag@example.com', createdAt: 1_760_297_791_517 },
    generation: 3,
    idleExpiresAt: 1_760_301_391_517,
    absoluteExpiresAt: 1_760_384_191_517,
  };
}

/** The cache of sessions. */
export function sessionCases(sessions: () => SessionStore): void {
  const get = ({ user, sessionId }: SessionData) => sessions().get(user.userId, sessionId);
  const end = ({ user, sessionId }: SessionData, ttlMs = longMs) => sessions().end(user.userId, sessionId, ttlMs);

  it('keeps an active session, whole, and the newest of it', async () => {
    const session = newSession();
    assert.equal(await get(session), undefined);
    await sessions().putActive(session, longMs);
    assert.deepEqual(await get(session), { state: 'active', session });
    const rotated = { ...session, generation: 4 };
    await sessions().putActive(rotated, longMs);
    assert.deepEqual(await get(session), { state: 'active', session: rotated });
  });

  it('keeps what it was given, not what becomes of it', async () => {
    const session = newSession();
    await sessions().putActive(session, longMs);
    const before = structuredClone(session);
    session.user.email = 'changed@example.com';
    const given = await get(session);
    assert.deepEqual(given, { state: 'active', session: before });
    assert.ok(given?.state === 'active');
    given.session.user.email = 'changed@example.com';
    assert.deepEqual(await get(session), { state: 'active', session: before });
  });

  it('marks a session ended, known or not', async () => {
    const [known, unknown] = [newSession(), newSession()];
    await sessions().putActive(known, longMs);
    for (const session of [known, unknown]) {
      await end(session);
      assert.deepEqual(await get(session), ended);
      await end(session);
      assert.deepEqual(await get(session), ended);
    }
  });

  it('does not revive an ended session', async () => {
    const session = newSession();
    await end(session);
    await sessions().putActive(session, longMs);
    assert.deepEqual(await get(session), ended);
  });

  it('lets the end win over any number of readers at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const session = newSession();
      const putting = Array.from({ length: 10 }, () => sessions().putActive(session, longMs));
      const ending = end(session);
      putting.push(...Array.from({ length: 10 }, () => sessions().putActive(session, longMs)));
      await Promise.all([...putting, ending]);
      assert.deepEqual(await get(session), ended);
    }
  });

  it('keeps users and sessions apart', async () => {
    const userId = newName();
    const [one, two] = [newSession(userId), newSession(userId)];
    const foreign = { ...newSession(), sessionId: one.sessionId };
    for (const session of [one, two, foreign]) await sessions().putActive(session, longMs);
    await end(one);
    assert.deepEqual(await get(one), ended);
    assert.deepEqual(await get(two), { state: 'active', session: two });
    assert.deepEqual(await get(foreign), { state: 'active', session: foreign });
  });

  it('forgets an active session when its time is over', async () => {
    const session = newSession();
    await sessions().putActive(session, 100);
    await until('it to expire', async () => (await get(session)) === undefined);
  });

  it('gives an end its own time, which a late reader does not change', async () => {
    const [session, witness] = [newSession(), newSession()];
    for (const active of [session, witness]) await sessions().putActive(active, 100);
    await end(session);
    await until('the first time to pass', async () => (await get(witness)) === undefined);
    assert.deepEqual(await get(session), ended);

    const brief = newSession();
    await end(brief, 300);
    await sessions().putActive(brief, longMs);
    await until('the mark to expire', async () => (await get(brief)) === undefined);
    await sessions().putActive(brief, longMs);
    assert.deepEqual(await get(brief), { state: 'active', session: brief });
  });
}
