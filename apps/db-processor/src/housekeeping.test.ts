import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { apiKeys, type DatabaseHandle, openDatabase, processedRequests, sessions, users } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { createLogger } from '@repo/service';
import { sql } from 'drizzle-orm';
import { startHousekeeping } from './housekeeping.ts';
import { removeOutdated } from './remove-outdated.ts';
import { until } from './testing/until.ts';

const day = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms);

describe('housekeeping', () => {
  let store: TestDatabase;
  let database: DatabaseHandle;
  const userId = randomUUID();

  before(async () => {
    store = await startTestDatabase();
    database = openDatabase(store.url('db_processor'));
    await database.db.insert(users).values({ id: userId, email: 'ada@example.com', passwordHash: 'x' });
  });
  after(async () => {
    await database.close();
    await store.close();
  });

  const insertSession = async (columns: Partial<typeof sessions.$inferInsert>) => {
    const id = randomUUID();
    const times = { idleExpiresAt: new Date(Date.now() + day), absoluteExpiresAt: new Date(Date.now() + day) };
    const origin = { device: 'x', addressBlock: 'y' };
    await database.db.insert(sessions).values({ id, userId, ...times, ...origin, ...columns });
    return id;
  };
  const insertKey = async (columns: Partial<typeof apiKeys.$inferInsert>) => {
    const key = { id: randomUUID(), userId, name: 'bot', scopes: ['read' as const], publicKey: 'x' };
    await database.db.insert(apiKeys).values({ ...key, ...columns });
    return key.id;
  };
  const never = new AbortController().signal;

  it('removes what has been over for a day, in batches, and nothing else', async () => {
    // More than one batch.
    await database.db.execute(
      sql`insert into processed_requests select gen_random_uuid(), '{}', now() - interval '25 hours' from generate_series(1, 2500)`,
    );
    const recent = randomUUID();
    await database.db.insert(processedRequests).values({ requestId: recent, response: {}, at: ago(day - 60_000) });
    const ended = { endedAt: ago(day + 60_000), endReason: 'signed-out' } as const;
    await insertSession(ended);
    await insertSession({ idleExpiresAt: ago(day + 60_000) });
    const kept = [
      await insertSession({}),
      await insertSession({ ...ended, endedAt: ago(day - 60_000) }),
      await insertSession({ idleExpiresAt: ago(day - 60_000) }),
    ];
    await insertKey({ revokedAt: ago(day + 60_000) });
    await insertKey({ expiresAt: ago(day + 60_000) });
    const keptKeys = [
      await insertKey({}),
      await insertKey({ revokedAt: ago(day - 60_000) }),
      await insertKey({ expiresAt: ago(day - 60_000) }),
    ];

    assert.equal(await removeOutdated(database.db, day, never), 2_504);
    const requests = await database.db.select().from(processedRequests);
    assert.deepEqual(
      requests.map(({ requestId }) => requestId),
      [recent],
    );
    const left = await database.db.select().from(sessions);
    assert.deepEqual(left.map(({ id }) => id).sort(), kept.sort());
    const keys = await database.db.select().from(apiKeys);
    assert.deepEqual(keys.map(({ id }) => id).sort(), keptKeys.sort());
    assert.equal(await removeOutdated(database.db, day, never), 0);
  });

  it('comes again by itself, also after the database was away', async () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
    const removing = (signal: AbortSignal) => removeOutdated(database.db, day, signal);
    await store.stopServer();
    const housekeeping = startHousekeeping({ chores: { removing }, logger, intervalMs: 10 });
    await until(() => lines.length > 0);
    await store.startServer();
    await insertSession({ idleExpiresAt: ago(2 * day) });
    await until(async () => (await database.db.select().from(sessions)).length === 3);
    await housekeeping.stop();
    assert.match(lines[0] ?? '', /"chore":"removing".*housekeeping failed/);
  });

  it('waits for the chore in hand when it stops, and begins no other', async () => {
    const begun: string[] = [];
    const hold = Promise.withResolvers<void>();
    const chores = {
      first: async (signal: AbortSignal) => {
        begun.push('first');
        await hold.promise;
        assert.equal(signal.aborted, true);
        begun.push('first done');
      },
      second: async () => void begun.push('second'),
    };
    const housekeeping = startHousekeeping({ chores, logger: createLogger({ level: 'silent' }), intervalMs: 1 });
    const stopped = housekeeping.stop().then(() => begun.push('stopped'));
    hold.resolve();
    await stopped;
    assert.deepEqual(begun, ['first', 'first done', 'stopped']);
  });
});
