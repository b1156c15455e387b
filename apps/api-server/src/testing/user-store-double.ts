import { randomUUID } from 'node:crypto';
import { followTopic, type Kafka, publish } from '@repo/kafka';
import type { SessionData, SessionSeed, UserRequest, UserResponse } from '@repo/schemas';
import { createUnseal, type Unseal } from '@repo/service';

interface StoredSession {
  session: SessionData;
  rotatedAt: number;
  ended: boolean;
}

/** A user store in memory behind the real topics, with what tests want to see and turn. */
export interface UserStoreDouble {
  /** Every request so far. */
  readonly requests: UserRequest[];
  /** Passwords by address. */
  readonly passwords: Map<string, string>;
  /** What it does with requests: answers, keeps silent, or says that it is busy. */
  mode: 'answer' | 'silent' | 'busy';
  /** A rotation repeated within this long is a lost answer, later it is a theft. */
  graceMs: number;
  close(): Promise<void>;
}

export async function startUserStoreDouble(kafka: Kafka, sealingPrivateKey: string): Promise<UserStoreDouble> {
  const unseal: Unseal = await createUnseal(sealingPrivateKey);
  const ids = new Map<string, string>();
  const sessions = new Map<string, StoredSession>();

  function openSession(email: string, seed: SessionSeed): SessionData {
    const now = Date.now();
    const session: SessionData = {
      sessionId: seed.sessionId,
      user: { userId: ids.get(email) ?? '', email, createdAt: now },
      generation: 0,
      idleExpiresAt: now + 3_600_000,
      absoluteExpiresAt: now + 86_400_000,
    };
    sessions.set(seed.sessionId, { session, rotatedAt: 0, ended: false });
    return session;
  }

  function rotate(sessionId: string, generation: number): Record<string, unknown> {
    const stored = sessions.get(sessionId);
    if (stored === undefined || stored.ended) return { outcome: 'ended' };
    const current = stored.session.generation;
    if (generation === current) {
      stored.session = { ...stored.session, generation: current + 1 };
      stored.rotatedAt = performance.now();
      return { outcome: 'rotated', session: stored.session };
    }
    if (generation === current - 1 && performance.now() - stored.rotatedAt < double.graceMs) {
      return { outcome: 'repeated', session: stored.session };
    }
    stored.ended = true;
    const { userId, email } = stored.session.user;
    return { outcome: 'reused', userId, email };
  }

  async function answer(request: UserRequest): Promise<Partial<UserResponse>> {
    switch (request.type) {
      case 'check':
        return { success: true, data: { exists: double.passwords.has(request.data.email) } };
      case 'create': {
        const { email, password, session } = request.data;
        if (double.passwords.has(email)) return { success: false, data: {}, error: 'already-exists' };
        double.passwords.set(email, await unseal(password));
        ids.set(email, randomUUID());
        return { success: true, data: { ...openSession(email, session) } };
      }
      case 'auth': {
        const { email, password, session } = request.data;
        if (double.passwords.get(email) !== (await unseal(password))) {
          return { success: false, data: {}, error: 'credentials-incorrect' };
        }
        return { success: true, data: { ...openSession(email, session) } };
      }
      case 'rotate-session':
        return { success: true, data: rotate(request.data.sessionId, request.data.generation) };
      case 'end-session': {
        const stored = sessions.get(request.data.sessionId);
        if (stored !== undefined) stored.ended = true;
        return { success: true, data: { ended: stored !== undefined } };
      }
      // Keys are read from PostgreSQL, which is not behind this double: their tests have a whole stack.
      case 'create-api-key':
        return { success: false, data: {}, error: 'api-keys-limit' };
      case 'revoke-api-key':
        return { success: true, data: { revoked: false } };
    }
  }

  async function take(request: UserRequest): Promise<void> {
    double.requests.push(request);
    if (double.mode === 'silent') return;
    const body =
      double.mode === 'busy'
        ? { success: false, data: { retryAfterSeconds: 3 }, error: 'busy' }
        : await answer(request);
    const envelope = { id: randomUUID(), at: Date.now(), requestId: request.requestId };
    await publish(kafka, 'user-responses', request.replyTo, { ...envelope, ...body } as UserResponse);
  }

  const double: UserStoreDouble = {
    requests: [],
    passwords: new Map(),
    mode: 'answer',
    graceMs: 10_000,
    close: () => follower.close(),
  };
  const follower = followTopic(kafka, {
    topic: 'user-requests',
    onMessages: (messages) => {
      for (const { message } of messages) void take(message);
    },
  });
  await follower.ready;
  return double;
}
