import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDatabase, roleUrl } from '@repo/db';
import { createScratchDatabase, type ScratchDatabase } from '@repo/db/testing';
import { createApacheKafka, ensureTopics, followTopic, type Kafka, partitionOfKey, publish } from '@repo/kafka';
import { type TradeAnswer, type TradeCommand, type TradeCommandType, tradeShards } from '@repo/schemas';
import { findFreePort } from '@repo/service';
import { Pool } from 'pg';

const PASSWORD = 'e'.repeat(32);
const LEASE_MS = 1_000;
const PAUSES = 3;
const PATIENCE_MS = 30_000;

// An engine stands still in the middle of its work, as after a long pause of its machine, and does not know it. Another
// takes over. What the first wanted to write when it wakes must not be in the books.
describe('an engine that is stopped under load and wakes up', () => {
  let database: ScratchDatabase;
  let owner: Pool;
  let kafka: Kafka;
  let follower: ReturnType<typeof followTopic>;
  const engines: ChildProcess[] = [];
  const userId = randomUUID();
  const waiting = new Map<string, (answer: TradeAnswer) => void>();
  const contradicted: string[] = [];
  const told = new Map<string, string>();
  const paidIn = new Map<string, number>();
  let answered = 0;
  let isOver = false;

  before(async () => {
    const { KAFKA_BROKERS, DATABASE_URL } = process.env;
    assert.ok(KAFKA_BROKERS && DATABASE_URL, 'npm run test:distributed starts the servers and sets their addresses');
    database = await createScratchDatabase(DATABASE_URL);
    await migrateDatabase(database.ownerUrl, { trading_engine: PASSWORD });
    owner = new Pool({ connectionString: database.ownerUrl });
    await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.cd', 'x']);
    kafka = createApacheKafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'engine-fencing' });
    await ensureTopics(kafka);
    follower = followTopic(kafka, {
      topic: 'trade-answers',
      onMessages: (messages) => {
        for (const { message } of messages) {
          const outcome = JSON.stringify(message.outcome);
          const before = told.get(message.commandId);
          if (before !== undefined && before !== outcome) contradicted.push(`${before} and then ${outcome}`);
          told.set(message.commandId, outcome);
          waiting.get(message.commandId)?.(message);
        }
      },
    });
    await follower.ready;
    for (let index = 0; index < 2; index += 1) engines.push(await startEngine());
  });
  after(async () => {
    isOver = true;
    for (const engine of engines) engine.kill('SIGKILL');
    await follower?.close();
    await kafka?.close();
    await owner?.end();
    await database?.drop();
  });

  async function startEngine(): Promise<ChildProcess> {
    return spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        ...process.env,
        DATABASE_URL: roleUrl(database.ownerUrl, 'trading_engine', PASSWORD),
        INTERNAL_PORT: String(await findFreePort()),
        SHARD_LEASE_MS: String(LEASE_MS),
        SHARE_INTERVAL_MS: '50',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  /** Asks until there is an answer: the same command each time. */
  async function ask<T extends TradeCommandType>(
    accountId: string,
    type: T,
    data: Extract<TradeCommand, { type: T }>['data'],
  ): Promise<TradeAnswer['outcome']> {
    const commandId = randomUUID();
    const answer = Promise.withResolvers<TradeAnswer>();
    waiting.set(commandId, answer.resolve);
    const deadline = performance.now() + PATIENCE_MS;
    try {
      for (;;) {
        const at = Date.now();
        const envelope = { id: randomUUID(), at, commandId, accountId, replyTo: 'test', expiresAt: at + PATIENCE_MS };
        await publish(kafka, 'trade-commands', accountId, { ...envelope, type, data } as TradeCommand).catch(() => {});
        const outcome = await Promise.race([answer.promise.then((given) => given.outcome), sleep(1_000)]);
        if (outcome !== undefined) {
          answered += 1;
          return outcome;
        }
        assert.ok(performance.now() < deadline, `no answer to ${type} in ${PATIENCE_MS} ms`);
      }
    } finally {
      waiting.delete(commandId);
    }
  }

  async function pay(shard: number): Promise<void> {
    let accountId = randomUUID();
    while (partitionOfKey(accountId, tradeShards) !== shard) accountId = randomUUID();
    const opened = await ask(accountId, 'open-account', { userId, mode: 'hedging', profile: 'professional' });
    assert.equal(opened.type, 'accepted');
    while (!isOver) {
      const outcome = await ask(accountId, 'deposit', { amount: '1' });
      assert.equal(outcome.type, 'accepted');
      paidIn.set(accountId, (paidIn.get(accountId) ?? 0) + 1_000_000);
    }
  }

  async function held(): Promise<Map<string, number>> {
    const { rows } = await owner.query<{ holder: string; count: number }>(`select holder, count(*)::int from leases
      where name like 'shard:%' and expires_at > clock_timestamp() group by holder`);
    return new Map(rows.map(({ holder, count }) => [holder, count]));
  }
  const isShared = async () => [...(await held()).values()].join() === '6,6';

  it('writes nothing of what it had decided, and takes part again', async (test) => {
    await until('an even share', isShared);
    const clients = Array.from({ length: 2 * tradeShards }, (_, index) => pay(index % tradeShards));
    for (let pause = 0; pause < PAUSES; pause += 1) {
      const before = answered;
      await until('work', async () => answered > before + 200);
      const epochs = await epochsOfShards();
      const [stopped] = engines;
      assert.ok(stopped);
      const begun = performance.now();
      stopped.kill('SIGSTOP');
      await until('one engine with all shards', async () => [...(await held()).values()].join() === '12');
      const ms = performance.now() - begun;
      test.diagnostic(`taken over ${Math.round(ms)} ms after it was stopped, the lease being ${LEASE_MS} ms`);
      assert.ok(ms < 5_000, `${ms} ms`);
      await until('the fence', async () => {
        const taken = await epochsOfShards();
        return taken.filter((epoch, shard) => epoch > (epochs[shard] as number)).length >= 6;
      });
      const served = answered;
      await until('work by the other alone', async () => answered > served + 200);
      stopped.kill('SIGCONT');
      await until('an even share again', isShared);
      assert.equal(stopped.exitCode, null);
      engines.reverse();
    }
    isOver = true;
    await Promise.all(clients);
    test.diagnostic(`${answered} commands answered`);
    for (const engine of engines) {
      const ended = once(engine, 'exit');
      engine.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    }
  });

  it('leaves books in which each command is once, as it was answered', async () => {
    assert.deepEqual(contradicted, []);
    const { rows } = await owner.query<{ id: string; balance: string }>('select id, balance from accounts');
    assert.deepEqual(new Map(rows.map(({ id, balance }) => [id, Number(balance)])), paidIn);
    const { rows: books } = await owner.query(`select (select count(*)::int from trade_commands) as commands,
      (select count(*)::int from (select command_id from trade_events where type = 'deposited'
        group by command_id having count(*) > 1) t) as twice,
      (select count(*)::int from (select shard from trade_events group by shard
        having max(sequence) <> count(*)) t) as gaps,
      (select sum(amount)::text from ledger_entries) as ledger,
      (select count(*)::int from leases where name like 'engine:%') as engines`);
    assert.deepEqual(books, [{ commands: answered, twice: 0, gaps: 0, ledger: '0', engines: 0 }]);
  });

  async function epochsOfShards(): Promise<number[]> {
    const { rows } = await owner.query<{ epoch: string }>('select epoch from shards order by shard');
    return rows.map(({ epoch }) => Number(epoch));
  }
});

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; ) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
