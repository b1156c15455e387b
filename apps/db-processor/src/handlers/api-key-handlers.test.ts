import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { apiKeys, auditEvents, createApiKeyReader, openDatabase, users } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { and, eq, sql } from 'drizzle-orm';
import { startTestProcessor, type TestProcessor } from '../testing/start-test-processor.ts';

const publicKey = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const day = 86_400_000;

describe('API keys', () => {
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

  const newUser = async () => {
    const user = { id: randomUUID(), email: `${randomUUID()}@example.com`, passwordHash: 'x' };
    await processor.database.db.insert(users).values(user);
    return user;
  };
  const wish = (userId: string, expiresInDays?: number) => ({
    userId,
    name: 'Der Bot 🤖',
    scopes: ['trade' as const, 'read' as const],
    publicKey,
    addressBlock: '192.0.2.7',
    ...(expiresInDays !== undefined && { expiresInDays }),
  });
  const revoke = (userId: string, keyId: string) =>
    processor.succeed('revoke-api-key', { userId, keyId, addressBlock: '192.0.2.7' });
  const auditOf = (email: string) =>
    processor.database.db
      .select({ kind: auditEvents.kind, data: auditEvents.data, addressBlock: auditEvents.addressBlock })
      .from(auditEvents)
      .where(eq(auditEvents.subject, email))
      .orderBy(auditEvents.sequence);

  it('are made, listed by the api-server, and revoked, each with its place in the audit chain', async () => {
    const user = await newUser();
    const key = await processor.succeed('create-api-key', wish(user.id, 30));
    assert.deepEqual(
      { ...key, id: '', createdAt: 0, expiresAt: 0 },
      {
        id: '',
        name: 'Der Bot 🤖',
        scopes: ['trade', 'read'],
        publicKey,
        createdAt: 0,
        expiresAt: 0,
      },
    );
    assert.equal((key.expiresAt ?? 0) - key.createdAt, 30 * day);
    const api = openDatabase(store.url('api_server'));
    const reader = createApiKeyReader(api);
    assert.deepEqual(await reader.list(user.id), [key]);
    assert.equal((await reader.findActive(key.id))?.user.userId, user.id);

    assert.deepEqual(await revoke(user.id, key.id), { revoked: true });
    assert.equal(await reader.findActive(key.id), undefined);
    assert.deepEqual(await reader.list(user.id), []);
    await api.close();

    const about = { userId: user.id, keyId: key.id };
    assert.deepEqual(await auditOf(user.email), [
      {
        kind: 'api-key-created',
        addressBlock: '192.0.2.7',
        data: { ...about, name: 'Der Bot 🤖', scopes: 'trade read', publicKey },
      },
      { kind: 'api-key-revoked', addressBlock: '192.0.2.7', data: about },
    ]);
  });

  it('are ten a user, however many are asked for at once; those that are over do not count', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const requests = Array.from({ length: 15 }, () => processor.request('create-api-key', wish(user.id)));
    // Under keys of their own they are carried out side by side.
    await Promise.all(requests.map((one) => processor.send([one], randomUUID())));
    const answers = await Promise.all(
      requests.map(async (one) => {
        while (processor.answers(one).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return processor.answers(one)[0];
      }),
    );
    assert.equal(answers.filter((answer) => answer?.success).length, 10);
    for (const answer of answers) if (answer?.success === false) assert.equal(answer.error, 'api-keys-limit');
    assert.equal((await processor.ask('create-api-key', wish(other.id))).success, true);

    const ofUser = eq(apiKeys.userId, user.id);
    const [first, second] = await processor.database.db.select({ id: apiKeys.id }).from(apiKeys).where(ofUser);
    assert.ok(first && second);
    await revoke(user.id, first.id);
    assert.equal((await processor.ask('create-api-key', wish(user.id))).success, true);
    assert.equal((await processor.ask('create-api-key', wish(user.id))).success, false);
    await processor.database.db.delete(apiKeys).where(and(ofUser, eq(apiKeys.id, second.id)));
    await processor.database.db
      .insert(apiKeys)
      .values({ id: randomUUID(), ...wish(user.id), expiresAt: sql`now() - interval '1 second'` });
    assert.equal((await processor.ask('create-api-key', wish(user.id))).success, true);
    assert.equal((await processor.ask('create-api-key', wish(user.id))).success, false);
  });

  it('are made once by a request that comes again, and revoked once', async () => {
    const user = await newUser();
    const request = processor.request('create-api-key', wish(user.id));
    await processor.send([request, request]);
    while (processor.answers(request).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const [one, two] = processor.answers(request);
    assert.ok(one?.success && two?.success);
    assert.deepEqual(one.data, two.data);
    assert.equal((await processor.database.db.select().from(apiKeys).where(eq(apiKeys.userId, user.id))).length, 1);
    assert.deepEqual(await revoke(user.id, String(one.data.id)), { revoked: true });
    assert.deepEqual(await revoke(user.id, String(one.data.id)), { revoked: false });
  });

  it('are revoked by their owner alone', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const key = await processor.succeed('create-api-key', wish(user.id));
    assert.deepEqual(await revoke(other.id, key.id), { revoked: false });
    assert.deepEqual(await revoke(user.id, randomUUID()), { revoked: false });
    assert.deepEqual(await auditOf(other.email), []);
    assert.deepEqual(await revoke(user.id, key.id), { revoked: true });
  });

  it('are for users that there are', async () => {
    const answer = await processor.ask('create-api-key', wish(randomUUID()));
    assert.ok(!answer.success);
    assert.equal(answer.error, 'credentials-incorrect');
  });
});
