import { join, resolve } from 'node:path';
import { createApacheKafka } from '@repo/kafka';
import type { Prng } from '@repo/testing/prng';
import { Pool } from 'pg';
import { type Cluster, startCluster } from '../faults/cluster.ts';
import { Journal } from '../faults/journal.ts';
import { MailReader } from '../faults/mail-reader.ts';
import { Market } from './market.ts';
import { crowdSettings, type Venue } from './venue.ts';

const CODE_MS_MAX = 10_000;
const READY_MS_MAX = 2_500;
const results = resolve(import.meta.dirname, '../../../../test-results/trading');

/** Every service as processes, two of each, on servers of their own. */
export interface ClusterVenue extends Venue {
  readonly cluster: Cluster;
  /** Ends of processes that were no fault's. */
  readonly journal: Journal;
}

export async function openClusterVenue(options: {
  readonly name: string;
  readonly random: Prng;
  readonly withLinks: boolean;
  readonly onStep?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}): Promise<ClusterVenue> {
  const market = await Market.open(options.random);
  const journal = new Journal(join(results, `${options.name}-processes.ndjson`));
  const cluster = await startCluster({
    journal,
    withLinks: options.withLinks,
    // A takeover is not to take long; on a busy machine a shorter lease runs out under an engine that works.
    settings: { ...crowdSettings, ...market.settings, SHARD_LEASE_MS: '1500', SHARE_INTERVAL_MS: '100' },
    onStep: options.onStep ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  }).catch(async (error: unknown) => {
    await market.close();
    throw error;
  });
  const mails = new MailReader(cluster.servers.smtp.page);
  const kafka = createApacheKafka({ brokers: cluster.servers.kafka.address.split(','), clientId: 'trading-harness' });
  const pool = new Pool({ connectionString: cluster.servers.postgres.address });
  pool.on('error', () => undefined);
  return {
    cluster,
    journal,
    market,
    pool,
    kafka,
    doors: cluster.doors,
    codeOf: (email) => mails.newCode(email, 0, CODE_MS_MAX, AbortSignal.timeout(CODE_MS_MAX)),
    notReady: async () => {
      const all = await Promise.all(
        cluster.processes.map(async ({ name, readyUrl }) => ((await isReady(readyUrl)) ? [] : [name])),
      );
      return all.flat();
    },
    stop: async () => {
      await mails.close();
      await kafka.close();
      await pool.end();
      await cluster.copyLogs(join(results, `${options.name}-logs`)).catch(() => undefined);
      await cluster.stop();
      await market.close();
      journal.close();
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(READY_MS_MAX) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
