import { fills } from '@repo/db';
import { createLogger } from '@repo/service';
import { startServices } from '@repo/standalone/start-services';
import type { Pool, QueryConfig } from 'pg';

// The services in one process, as broker.ts, and the moment at which the engine learnt that a batch was committed.

/** Nanoseconds of the machine's monotonic clock, the same in every process. */
export interface CommittedFill {
  /** As on the wire. */
  readonly id: string;
  readonly atNs: bigint;
}

interface Commit {
  readonly shard: number;
  readonly after: number;
  readonly upTo: number;
  readonly atNs: bigint;
}

const services = await startServices({
  environment: process.env,
  dataDir: process.env.DATA_DIR ?? '.data',
  logger: createLogger({ level: 'error' }),
});
const { db } = services.databases.tradingEngine;
const pool = (db as unknown as { readonly $client: Pool }).$client;
const commits: Commit[] = [];

const query = pool.query.bind(pool) as (config: QueryConfig) => Promise<unknown>;
Object.assign(pool, {
  query: async (config: QueryConfig, ...more: []) => {
    if (config.name?.startsWith('commit-') !== true) return query(config, ...more);
    const result = await query(config);
    const atNs = process.hrtime.bigint();
    const [shards, , after, upTo] = (config.values as string[]).slice(0, 4).map(numbersOf);
    shards?.forEach(
      (shard, index) => void commits.push({ shard, after: after?.[index], upTo: upTo?.[index], atNs } as Commit),
    );
    return result;
  },
});

/** An array as it travels to PostgreSQL: `{1,2}`. */
function numbersOf(text: string): readonly number[] {
  return text.slice(1, -1).split(',').map(Number);
}

async function committedFills(): Promise<CommittedFill[]> {
  const rows = await db.select({ shard: fills.shard, id: fills.id, sequence: fills.sequence }).from(fills);
  return rows.flatMap(({ shard, id, sequence }) => {
    const commit = commits.find((one) => one.shard === shard && one.after < sequence && sequence <= one.upTo);
    return commit === undefined ? [] : [{ id: `${shard}-${id}`, atNs: commit.atNs }];
  });
}

process.send?.('ready');
process.on('message', (message) => {
  if (message === 'fills') {
    void committedFills().then((all) => process.send?.(all.map(({ id, atNs }) => [id, String(atNs)])));
  }
  if (message === 'stop') void services.stop().then(() => process.exit(0));
});
process.on('SIGINT', () => {});
process.on('disconnect', () => void services.stop().then(() => process.exit(0)));
