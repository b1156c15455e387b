import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDatabase, roleUrl } from '@repo/db';
import { createScratchDatabase, type ScratchDatabase } from '@repo/db/testing';
import { createApacheKafka, ensureTopics, followTopic, type Kafka, publish } from '@repo/kafka';
import type { TradeAnswer, TradeCommand, TradeCommandType } from '@repo/schemas';
import { findFreePort } from '@repo/service';
import { Prng } from '@repo/testing';
import { createShard, evolve, hashShard, loadShard } from '@repo/trading-core';
import { Pool } from 'pg';
import { loadBook } from './books/load-book.ts';
import { readEvents } from './books/read-events.ts';
import { crashPoints } from './crash-points.ts';
import { shardOptions } from './shard-options.ts';

const KILLS = 50;
const CLIENTS = 20;
const PASSWORD = 'e'.repeat(32);
const SEED = Number(process.env.SEED ?? 20_261_122);
const PATIENCE_MS = 30_000;

// Twenty seeded clients trade without a pause while engines are killed, at any moment and at every crash point. What a
// client was told has to be in the books, once; what it was not told is found out by asking again.
describe(`an engine killed ${KILLS} times (seed ${SEED})`, () => {
  let database: ScratchDatabase;
  let owner: Pool;
  let kafka: Kafka;
  let engine: ChildProcess;
  let prices: NodeJS.Timeout;
  const random = new Prng(SEED);
  const userId = randomUUID();
  const answers = new Map<string, (answer: TradeAnswer) => void>();
  const published = new Map<number, number[]>();
  const followers: ReturnType<typeof followTopic>[] = [];
  const told = { accepted: 0, refused: 0, repeated: 0 };
  /** Micros, by account: what clients were told was paid in, less what was paid out. */
  const paidIn = new Map<string, number>();
  let asked = 0;
  let isOver = false;

  before(async () => {
    const { KAFKA_BROKERS, DATABASE_URL } = process.env;
    assert.ok(KAFKA_BROKERS && DATABASE_URL, 'npm run test:distributed starts the servers and sets their addresses');
    database = await createScratchDatabase(DATABASE_URL);
    await migrateDatabase(database.ownerUrl, { trading_engine: PASSWORD });
    owner = new Pool({ connectionString: database.ownerUrl });
    await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.cd', 'x']);
    kafka = createApacheKafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'engine-kills' });
    await ensureTopics(kafka);
    followers.push(
      followTopic(kafka, {
        topic: 'trade-answers',
        onMessages: (messages) => {
          for (const { message } of messages) answers.get(message.commandId)?.(message);
        },
      }),
      followTopic(kafka, {
        topic: 'trade-events',
        onMessages: (messages) => {
          for (const { message } of messages) {
            const sequences = published.get(message.shard) ?? [];
            sequences.push(message.sequence);
            published.set(message.shard, sequences);
          }
        },
      }),
    );
    await Promise.all(followers.map(({ ready }) => ready));
    await startEngine();
    let sequence = Date.now();
    let mid = 195;
    prices = setInterval(() => {
      mid = Math.max(100, mid + random.between(-60, 60) / 100);
      sequence += 1;
      const at = Date.now();
      const [bid, ask] = [(mid - 0.01).toFixed(2), (mid + 0.01).toFixed(2)];
      const price = { id: randomUUID(), at, asset: 'SOL_USDC', price: mid, timestamp: at, bid, ask, sequence };
      publish(kafka, 'price-updates', 'SOL_USDC', { ...price, status: 'live', source: 'simulated' }).catch(() => {});
    }, 50);
  });
  after(async () => {
    clearInterval(prices);
    engine?.kill('SIGKILL');
    await Promise.all(followers.map((follower) => follower.close()));
    await kafka?.close();
    await owner?.end();
    await database?.drop();
  });

  async function startEngine(crashAt?: string): Promise<void> {
    engine = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        ...process.env,
        DATABASE_URL: roleUrl(database.ownerUrl, 'trading_engine', PASSWORD),
        INTERNAL_PORT: String(await findFreePort()),
        SHARD_LEASE_MS: '600',
        SHARE_INTERVAL_MS: '50',
        LOG_LEVEL: 'warn',
        CRASH_AT: crashAt,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  async function killAndStart(kill: number): Promise<void> {
    const ended = once(engine, 'exit');
    // Each engine gets to work before it dies, however busy the machine is.
    const before = asked;
    while (asked < before + CLIENTS && engine.exitCode === null && engine.signalCode === null) await sleep(20);
    // Half of them anywhere, half at a crash point that the engine comes by under load.
    if (kill % 2 === 0) {
      await sleep(random.between(0, 500));
      engine.kill('SIGKILL');
    }
    await ended;
    const next = kill + 1;
    const point = crashPoints[Math.floor(next / 2) % crashPoints.length];
    await startEngine(next % 2 === 0 || next >= KILLS ? undefined : `${point}:${random.between(20, 120)}`);
  }

  /** Asks until there is an answer: the same command each time. */
  async function ask<T extends TradeCommandType>(
    accountId: string,
    type: T,
    data: Extract<TradeCommand, { type: T }>['data'],
  ): Promise<TradeAnswer['outcome']> {
    const commandId = randomUUID();
    const answer = Promise.withResolvers<TradeAnswer>();
    answers.set(commandId, answer.resolve);
    const deadline = performance.now() + PATIENCE_MS;
    try {
      for (;;) {
        const at = Date.now();
        const envelope = { id: randomUUID(), at, commandId, accountId, replyTo: 'test', expiresAt: at + PATIENCE_MS };
        await publish(kafka, 'trade-commands', accountId, { ...envelope, type, data } as TradeCommand).catch(() => {});
        const outcome = await Promise.race([answer.promise.then(({ outcome }) => outcome), sleep(1_000)]);
        if (outcome !== undefined) {
          told[outcome.type] += 1;
          asked += 1;
          return outcome;
        }
        assert.ok(performance.now() < deadline, `no answer to ${type} in ${PATIENCE_MS} ms`);
      }
    } finally {
      answers.delete(commandId);
    }
  }

  async function pay(accountId: string, type: 'deposit' | 'withdraw', amount: number): Promise<void> {
    const outcome = await ask(accountId, type, { amount: String(amount) });
    const sign = type === 'deposit' ? 1_000_000 : -1_000_000;
    if (outcome.type === 'accepted') paidIn.set(accountId, (paidIn.get(accountId) ?? 0) + sign * amount);
  }

  async function trade(seed: number): Promise<void> {
    const dice = new Prng(seed);
    const accountId = randomUUID();
    const open: number[] = [];
    const opening = { userId, mode: dice.pick(['hedging', 'netting'] as const), profile: 'professional' };
    assert.equal((await ask(accountId, 'open-account', opening)).type, 'accepted');
    await pay(accountId, 'deposit', 2_000);
    while (!isOver) {
      const way = dice.weighted({ order: 50, close: 30, deposit: 10, withdraw: 10 });
      if (way === 'deposit' || way === 'withdraw') {
        await pay(accountId, way, dice.between(1, 200));
      } else if (way === 'order' || open.length === 0) {
        const outcome = await ask(accountId, 'place-order', {
          clientOrderId: randomUUID(),
          asset: 'SOL_USDC',
          side: dice.pick(['buy', 'sell'] as const),
          orderType: 'market',
          quantity: `${dice.between(1, 30)}.00`,
          ...(dice.chance(0.3) && { trailingDistance: '1.50' }),
        });
        if (outcome.type !== 'accepted') continue;
        for (const event of outcome.events) if (event.type === 'position-opened') open.push(event.fill.positionId);
      } else {
        const positionId = open.splice(dice.between(0, open.length - 1), 1)[0] as number;
        await ask(accountId, 'close-position', { positionId });
      }
    }
  }

  it('keeps what it has told, does nothing twice, and tells everything', async (test) => {
    const clients = Array.from({ length: CLIENTS }, (_, index) => trade(SEED + index));
    for (let kill = 0; kill < KILLS; kill += 1) await killAndStart(kill);
    await sleep(1_000);
    isOver = true;
    await Promise.all(clients);
    clearInterval(prices);
    test.diagnostic(`${asked} commands answered: ${JSON.stringify(told)}`);
    assert.ok(told.accepted > 1_000);

    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });

  it('leaves books that balance', async () => {
    const { rows } = await owner.query(`select
      (select count(*)::int from trade_commands) as commands,
      (select coalesce(sum(amount), 0)::text from ledger_entries) as ledger,
      (select count(*)::int from accounts a where balance <> (
        select coalesce(sum(amount), 0) from ledger_entries where account = 'client:' || a.id)) as unlike,
      (select count(*)::int from fills f where not exists (
        select from ledger_transactions t where t.shard = f.shard and t.cause = 'fill:' || f.id)) as unbooked,
      (select count(*)::int from orders where status = 'accepted') as pending`);
    assert.deepEqual(rows[0], { commands: asked, ledger: '0', unlike: 0, unbooked: 0, pending: 0 });
    const paid = await owner.query(`select 'client:' || account_id as account, sum(
      case type when 'deposited' then 1 else -1 end * (data ->> 'amount')::bigint)::text as amount
      from trade_events where type in ('deposited', 'withdrawn') group by account_id`);
    assert.deepEqual(
      new Map(paid.rows.map(({ account, amount }) => [account, Number(amount)])),
      new Map([...paidIn].map(([account, amount]) => [`client:${account}`, amount])),
    );
  });

  it('has published every event, each shard in order', async () => {
    const { rows } = await owner.query('select shard, sequence, published_sequence from shards where sequence > 0');
    for (const { shard, sequence, published_sequence } of rows) {
      assert.equal(published_sequence, sequence, `shard ${shard}`);
      let last = 0;
      for (const one of published.get(shard) ?? []) {
        assert.ok(one <= last + 1, `shard ${shard}: ${one} after ${last}`);
        last = Math.max(last, one);
      }
      assert.equal(last, Number(sequence), `shard ${shard}`);
    }
  });

  it('has books that are what their events say', async () => {
    for (let shardId = 0; shardId < 12; shardId += 1) {
      const { snapshot } = await loadBook(owner, shardId, shardOptions.recentOrdersMax);
      const folded = createShard(shardOptions);
      const range = { after: 0, upTo: snapshot.sequence, limit: 1_000_000 };
      for (const { event } of await readEvents(owner, shardId, range)) evolve(folded, event);
      for (const market of snapshot.markets) {
        const known = folded.markets.get(market.terms.asset);
        assert.ok(known);
        known.quote = market.quote;
      }
      assert.equal(hashShard(loadShard(shardOptions, snapshot)), hashShard(folded), `shard ${shardId}`);
    }
  });
});
