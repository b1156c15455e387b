import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseRoles, migrateDatabase, openDatabase, roleUrl, startEmbeddedPostgres } from '@repo/db';
import { EmbeddedBroker, ensureTopics, type Kafka, partitionOfKey, publish } from '@repo/kafka';
import { type TradeCommand, type TradeCommandType, tradeShards } from '@repo/schemas';
import { createLogger, loadConfig, type RunningService } from '@repo/service';
import { startTradingEngine, tradingEngineConfigSchema } from '@repo/trading-engine';
import { Pool } from 'pg';
import { BareInserts } from './bare-inserts.ts';

const PASSWORD = 'of-a-database-that-ends-with-the-benchmark';
const PRICE_EVERY_MS = 500;
const LOOK_EVERY_MS = 10;
const SEND_AT_ONCE = 1_000;

interface LogLine {
  readonly msg: string;
  readonly shard?: number;
  readonly ms?: number;
  readonly positions?: number;
}

export interface RunningEngine extends RunningService {
  readonly lines: readonly LogLine[];
  /** Resolves when every shard is open. */
  readonly open: Promise<void>;
}

/** The real engine and PostgreSQL, which flushes each commit, and the log of the standalone profile between them. */
export interface EngineStack {
  readonly owner: Pool;
  readonly kafka: Kafka;
  start(): Promise<RunningEngine>;
  /** Commands carried out and committed so far, of those that were sent through this. */
  committed(): Promise<number>;
  /** Sends commands and resolves when all of them are committed. */
  carryOut(commands: readonly TradeCommand[]): Promise<void>;
  /** Opens accounts with 1,000,000 each, in one shard or in all of them. */
  openAccounts(count: number, shard?: number): Promise<readonly string[]>;
  /** A rival on the same server, with the accounts opened so far. */
  bareInserts(): Promise<BareInserts>;
  close(): Promise<void>;
}

export function command<T extends TradeCommandType>(
  accountId: string,
  type: T,
  data: Extract<TradeCommand, { type: T }>['data'],
): TradeCommand {
  const at = Date.now();
  const envelope = {
    id: randomUUID(),
    at,
    commandId: randomUUID(),
    accountId,
    replyTo: 'bench',
    expiresAt: at + 600_000,
  };
  return { ...envelope, type, data } as TradeCommand;
}

export async function startEngineStack(): Promise<EngineStack> {
  const directory = await mkdtemp(join(tmpdir(), 'cfd-broker-bench-'));
  // As root the database runs as a user of its own, who must be able to enter.
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  await migrateDatabase(postgres.ownerUrl, Object.fromEntries(databaseRoles.map((role) => [role, PASSWORD])));
  const owner = new Pool({ connectionString: postgres.ownerUrl });
  // Idle connections end with the server; queries have their own errors.
  owner.on('error', () => undefined);
  const userId = randomUUID();
  await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.cd', 'x']);
  const kafka = new EmbeddedBroker().connect();
  await ensureTopics(kafka);
  const prices = setInterval(() => void tellPrice(), PRICE_EVERY_MS);
  const closing: (() => Promise<void>)[] = [];
  let sequence = 0;

  async function tellPrice(): Promise<void> {
    sequence += 1;
    const at = Date.now();
    const price = { asset: 'SOL_USDC', price: 180.005, timestamp: at, bid: '180.00', ask: '180.01' };
    const feed = { status: 'live', source: 'simulated', sequence } as const;
    await publish(kafka, 'price-updates', price.asset, { id: randomUUID(), at, ...price, ...feed });
  }
  async function committed(): Promise<number> {
    const { rows } = await owner.query('select sum(command_offset)::int as count from shards');
    return rows[0].count;
  }
  async function carryOut(commands: readonly TradeCommand[]): Promise<void> {
    const before = await committed();
    const messages = commands.map((one) => ({ key: one.accountId, value: JSON.stringify(one) }));
    for (let start = 0; start < messages.length; start += SEND_AT_ONCE) {
      await kafka.send('trade-commands', messages.slice(start, start + SEND_AT_ONCE));
    }
    while ((await committed()) < before + commands.length) await sleep(LOOK_EVERY_MS);
  }

  return {
    owner,
    kafka,
    committed,
    carryOut,
    async start() {
      const lines: LogLine[] = [];
      const opened = Promise.withResolvers<void>();
      const write = (text: string) => {
        const line = JSON.parse(text) as LogLine;
        lines.push(line);
        if (lines.filter(({ msg }) => msg === 'the shard is open').length === tradeShards) opened.resolve();
      };
      const database = openDatabase(roleUrl(postgres.ownerUrl, 'trading_engine', PASSWORD));
      const service = await startTradingEngine({
        config: loadConfig(tradingEngineConfigSchema, { SHARE_INTERVAL_MS: '50' }),
        logger: createLogger({ level: 'info', destination: { write } }),
        kafka,
        database,
      });
      let stopped: Promise<void> | undefined;
      const stop = () => (stopped ??= service.stop().then(() => database.close()));
      closing.push(stop);
      await tellPrice();
      return { ...service, lines, open: opened.promise, stop };
    },
    async openAccounts(count, shard) {
      const ids: string[] = [];
      while (ids.length < count) {
        const id = randomUUID();
        if (shard === undefined || partitionOfKey(id, tradeShards) === shard) ids.push(id);
      }
      const opening = { userId, mode: 'hedging', profile: 'professional' } as const;
      await carryOut(
        ids.flatMap((id) => [command(id, 'open-account', opening), command(id, 'deposit', { amount: '1000000' })]),
      );
      return ids;
    },
    async bareInserts() {
      const bare = await BareInserts.create(owner, postgres.ownerUrl, PASSWORD);
      closing.push(() => bare.close());
      return bare;
    },
    async close() {
      clearInterval(prices);
      for (const stop of closing) await stop();
      await kafka.close();
      await owner.end();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
