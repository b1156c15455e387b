import { randomUUID } from 'node:crypto';
import { type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { EmbeddedBroker, ensureTopics, followTopic, type Kafka, publish } from '@repo/kafka';
import type { PriceUpdate, TradeAnswer, TradeCommand, TradeCommandType, TradeEvent } from '@repo/schemas';
import { createLogger, type RunningService } from '@repo/service';
import { defaultTerms, type InstrumentTerms } from '@repo/trading-core';
import { Pool } from 'pg';
import type { ReachPoint } from '../crash-points.ts';
import { startTradingEngine } from '../start-trading-engine.ts';

const PATIENCE_MS = 15_000;

/** Engines on a database and a message log of their own, and a client that asks them. */
export interface EnginesUnderTest {
  readonly database: TestDatabase;
  readonly owner: Pool;
  readonly kafka: Kafka;
  readonly broker: EmbeddedBroker;
  readonly userId: string;
  readonly events: TradeEvent[];
  readonly answers: TradeAnswer[];
  start(settings?: EngineSettings): Promise<StartedEngine>;
  price(asset: string, bid: string, ask: string, status?: PriceUpdate['status']): Promise<void>;
  /** Sends a command and waits for its answer. */
  ask<T extends TradeCommandType>(
    accountId: string,
    type: T,
    data: Extract<TradeCommand, { type: T }>['data'],
    commandId?: string,
  ): Promise<TradeAnswer>;
  close(): Promise<void>;
}

export interface EngineSettings {
  readonly leaseMs?: number;
  readonly reachPoint?: ReachPoint;
  /** The engine's wall clock. */
  readonly now?: () => number;
  readonly terms?: readonly InstrumentTerms[];
}

export interface StartedEngine {
  readonly service: RunningService;
  readonly handle: DatabaseHandle;
  readonly bugs: unknown[];
  /** What it has logged from `info` up. */
  readonly lines: readonly { readonly level: number; readonly msg: string; readonly shard?: number }[];
  /** Ends it as `kill -9` would. */
  crash(): Promise<void>;
}

export async function startEnginesUnderTest(): Promise<EnginesUnderTest> {
  const database = await startTestDatabase();
  const owner = new Pool({ connectionString: database.ownerUrl });
  owner.on('error', () => undefined);
  const broker = new EmbeddedBroker();
  const kafka = broker.connect();
  await ensureTopics(kafka);
  const userId = randomUUID();
  await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.cd', 'x']);

  const answers = new Map<string, (answer: TradeAnswer) => void>();
  const events: TradeEvent[] = [];
  const given: TradeAnswer[] = [];
  const followers = [
    followTopic(kafka, {
      topic: 'trade-answers',
      onMessages: (messages) => {
        for (const { message } of messages) {
          given.push(message);
          answers.get(message.commandId)?.(message);
        }
      },
    }),
    followTopic(kafka, {
      topic: 'trade-events',
      onMessages: (messages) => events.push(...messages.map(({ message }) => message)),
    }),
  ];
  await Promise.all(followers.map((follower) => follower.ready));
  const started: StartedEngine[] = [];
  const ending: Promise<void>[] = [];
  let sequence = 0;

  return {
    database,
    owner,
    kafka,
    broker,
    userId,
    events,
    answers: given,
    async start({ leaseMs = 1_000, reachPoint = () => {}, now = Date.now, terms = defaultTerms } = {}) {
      const handle = openDatabase(database.url('trading_engine'));
      const engineKafka = broker.connect();
      const bugs: unknown[] = [];
      let isDead = false;
      const lines: StartedEngine['lines'][number][] = [];
      const service = await startTradingEngine({
        config: {
          SHARD_LEASE_MS: leaseMs,
          SHARE_INTERVAL_MS: 50,
          COMMAND_DAYS: 30,
          COMMAND_CLEANING_SECONDS: 1,
        },
        logger: createLogger({
          level: 'info',
          destination: { write: (line) => void (isDead || lines.push(JSON.parse(line))) },
        }),
        kafka: engineKafka,
        database: handle,
        onBug: (error) => void (isDead || bugs.push(error)),
        reachPoint,
        now,
        terms,
      });
      const crash = async () => {
        // What a dead process leaves: connections that are cut, and leases that nobody renews or releases.
        isDead = true;
        started.splice(started.indexOf(engine), 1);
        await Promise.all([engineKafka.close(), handle.close()]);
        ending.push(service.stop());
      };
      const engine = { service, handle, bugs, lines, crash };
      started.push(engine);
      return engine;
    },
    async price(asset, bid, ask, status = 'live') {
      sequence += 1;
      const at = Date.now();
      const price = (Number(bid) + Number(ask)) / 2;
      const update = {
        id: randomUUID(),
        at,
        asset,
        price,
        timestamp: at,
        bid,
        ask,
        status,
        source: 'simulated',
        sequence,
      };
      await publish(kafka, 'price-updates', asset, update as PriceUpdate);
    },
    async ask(accountId, type, data, commandId = randomUUID()) {
      const answer = Promise.withResolvers<TradeAnswer>();
      answers.set(commandId, answer.resolve);
      const timer = setTimeout(() => answer.reject(new Error(`no answer to ${type}`)), PATIENCE_MS);
      try {
        const at = Date.now();
        const envelope = { id: randomUUID(), at, commandId, accountId, replyTo: 'test', expiresAt: at + 30_000 };
        await publish(kafka, 'trade-commands', accountId, { ...envelope, type, data } as TradeCommand);
        return await answer.promise;
      } finally {
        clearTimeout(timer);
        answers.delete(commandId);
      }
    },
    async close() {
      for (const { service, handle } of started) {
        await service.stop();
        await handle.close().catch(() => undefined);
      }
      await Promise.all(ending);
      await Promise.all(followers.map((follower) => follower.close()));
      await kafka.close();
      await owner.end();
      await database.close();
    },
  };
}
