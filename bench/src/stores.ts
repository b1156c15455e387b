import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSessionReader, migrateDatabase, openDatabase } from '@repo/db';
import { startServers } from '@repo/infra-native';
import { createServerRedis } from '@repo/redis';
import type { Price, SessionData } from '@repo/schemas';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { quantile, report } from './report.ts';

// What a call to Redis or PostgreSQL costs this process through the adapter, beside the bare client that makes the same
// object of the same rows, in turns in the same run: calls per second of CPU time, on real servers.

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '5' } },
});
const calls = Number(values.calls);
const rounds = Number(values.rounds);
const AT_ONCE = 50;
const GOAL_SHARE = 0.8;
const HOUR_MS = 3_600_000;

const stateDir = await mkdtemp(join(tmpdir(), 'cfd-broker-bench-stores-'));
const servers = await startServers({ stateDir, ports: 'free', servers: ['redis', 'postgres'] });
const { REDIS_URL = '', DATABASE_URL = '' } = servers.environment;
await migrateDatabase(DATABASE_URL, {});

const redis = createServerRedis({ url: REDIS_URL });
const bareRedis = createClient({ url: REDIS_URL });
await bareRedis.connect();
const database = openDatabase(DATABASE_URL);
const barePool = new Pool({ connectionString: DATABASE_URL });

const price: Price = {
  asset: 'SOL_USDC',
  price: 195.825,
  timestamp: Date.now(),
  bid: '195.82',
  ask: '195.83',
  status: 'live',
  source: 'simulated',
  sequence: 1,
};
const assets = ['SOL_USDC', 'BTC_USDC', 'ETH_USDC', 'DOGE_USDC', 'BNB_USDC'];
for (const asset of assets) await redis.prices.put({ ...price, asset });
const session = await insertSession();
await redis.sessions.putActive(session, HOUR_MS);
const reader = createSessionReader(database);
const cachedKey = `session:${session.user.userId}:${session.sessionId}`;

const tasks: Record<string, () => Promise<unknown>> = {
  'adapter: Redis, a session': () => redis.sessions.get(session.user.userId, session.sessionId),
  'bare: Redis, a session': async () => JSON.parse((await bareRedis.get(cachedKey)) ?? 'null'),
  'adapter: Redis, five prices': () => redis.prices.getMany(assets),
  'bare: Redis, five prices': async () => {
    const kept = await bareRedis.mGet(assets.map((asset) => `price:${asset}`));
    return kept.map((json) => JSON.parse(json ?? 'null'));
  },
  'adapter: PostgreSQL, a session': () => reader.findActiveSession(session.sessionId),
  'bare: PostgreSQL, a session': findSessionBare,
};

const measured: Record<string, number[]> = {};
for (let round = 0; round <= rounds; round += 1) {
  // In turns, and each time another one begins; the first round warms up.
  const order = Object.entries(tasks);
  for (const [name, task] of round % 2 === 0 ? order : order.toReversed()) {
    const perCore = await callsPerCore(task);
    if (round > 0) measured[name] = [...(measured[name] ?? []), perCore];
  }
}
await Promise.all([redis.close(), bareRedis.close(), database.close(), barePool.end()]);
await servers.stop();
await rm(stateDir, { recursive: true, force: true });

const median = (name: string) => quantile(measured[name] ?? [], 0.5);
report(
  `Redis and PostgreSQL: ${calls.toLocaleString('en-US')} calls a round, ${AT_ONCE} under way, ${rounds} rounds in turns, medians`,
  ['Redis, a session', 'Redis, five prices', 'PostgreSQL, a session'].flatMap((what) => [
    { what: `bare client: ${what}`, value: median(`bare: ${what}`), unit: '/s per core' },
    {
      what: `adapter: ${what}`,
      value: median(`adapter: ${what}`),
      unit: '/s per core',
      limit: { name: `${GOAL_SHARE} × bare =`, value: GOAL_SHARE * median(`bare: ${what}`) },
    },
  ]),
);

async function callsPerCore(task: () => Promise<unknown>): Promise<number> {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await task();
    }
  };
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(cpu);
  return (calls * 1e6) / (user + system);
}

async function findSessionBare(): Promise<SessionData | undefined> {
  const { rows } = await barePool.query(
    `select s.id, s.generation, s.idle_expires_at, s.absolute_expires_at, u.id as user_id, u.email, u.created_at
     from sessions s join users u on u.id = s.user_id
     where s.id = $1 and s.ended_at is null and s.idle_expires_at > now() and s.absolute_expires_at > now()`,
    [session.sessionId],
  );
  const [row] = rows;
  return (
    row && {
      sessionId: row.id,
      user: { userId: row.user_id, email: row.email, createdAt: row.created_at.getTime() },
      generation: row.generation,
      idleExpiresAt: row.idle_expires_at.getTime(),
      absoluteExpiresAt: row.absolute_expires_at.getTime(),
    }
  );
}

async function insertSession(): Promise<SessionData> {
  const [userId, sessionId, expiresAt] = [randomUUID(), randomUUID(), Date.now() + HOUR_MS];
  await barePool.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.cd', 'x']);
  await barePool.query(
    `insert into sessions (id, user_id, idle_expires_at, absolute_expires_at, device, address_block)
     values ($1, $2, to_timestamp($3), to_timestamp($3), 'bench', '127.0.0.1')`,
    [sessionId, userId, expiresAt / 1_000],
  );
  const user = { userId, email: 'a@b.cd', createdAt: Date.now() };
  return { sessionId, user, generation: 0, idleExpiresAt: expiresAt, absoluteExpiresAt: expiresAt };
}
