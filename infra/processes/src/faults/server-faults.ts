import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { createClient } from 'redis';
import { type Fault, harmless } from './fault.ts';
import type { Dependency } from './fault-window.ts';

/** What may happen to the servers that everything stands on. */

export const kafkaRestarted: Fault = {
  ...harmless,
  name: 'Kafka restarted',
  away: ['log', 'user-store', 'feed'],
  disturbs: ['log', 'user-store'],
  inflict: async ({ servers }) => {
    await servers.kafka.stop();
    return { ends: [], heal: () => servers.kafka.start() };
  },
};

export function kafkaAway(lastsMs: number): Fault {
  return {
    ...kafkaRestarted,
    name: `Kafka killed, away ${lastsMs / 1_000} s`,
    lastsMs,
    inflict: async ({ servers }) => {
      await servers.kafka.kill();
      return { ends: [], heal: () => servers.kafka.start() };
    },
  };
}

export const redisFlushed: Fault = {
  ...harmless,
  name: 'Redis flushed',
  losesCache: true,
  inflict: async ({ servers }) => {
    const redis = await createClient({ url: servers.redis.address }).connect();
    await redis.flushAll();
    await redis.close();
    return { ends: [] };
  },
};

export function redisAway(lastsMs: number): Fault {
  return {
    ...harmless,
    name: `Redis killed, away ${lastsMs / 1_000} s`,
    away: ['cache'],
    disturbs: ['cache'],
    losesCache: true,
    lastsMs,
    inflict: async ({ servers }) => {
      await servers.redis.kill();
      return { ends: [], heal: () => servers.redis.start() };
    },
  };
}

export function postgresStopped(lastsMs: number): Fault {
  return {
    ...harmless,
    name: `PostgreSQL stopped immediate, away ${lastsMs / 1_000} s`,
    away: ['database', 'user-store'],
    disturbs: ['database', 'user-store'],
    lastsMs,
    inflict: async ({ servers }) => {
      await servers.postgres.stopImmediate();
      return { ends: [], heal: () => servers.postgres.start() };
    },
  };
}

type Role = 'db_processor' | 'api_server' | 'poller' | 'trading_engine';

const disturbedBy: Readonly<Record<Role, readonly Dependency[]>> = {
  db_processor: ['user-store'],
  api_server: ['database'],
  poller: [],
  trading_engine: [],
};

/** One connection of a service, in the middle of whatever it does. */
export function backendKilled(role: Role): Fault {
  return {
    ...harmless,
    name: `a backend of ${role} killed`,
    // Its statement is lost: the request may be answered 503.
    disturbs: disturbedBy[role],
    inflict: async ({ database }) => {
      // Busy ones first. Some service may just have none.
      for (let tries = 0; tries < 50; tries += 1) {
        const { rows } = await database.db.execute(sql`
          select pg_terminate_backend(pid) from (
            select pid from pg_stat_activity where usename = ${role} order by state = 'idle', query_start desc limit 1
          ) one`);
        if (rows.length > 0) return { ends: [] };
        await delay(100);
      }
      throw new Error(`${role} has no connection to kill`);
    },
  };
}
