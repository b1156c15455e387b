import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { feed, Workload, workloadShardOptions } from '@repo/testing';
import { createShard, hashShard, loadShard, type Shard, type ShardSnapshot, snapshotShard } from '@repo/trading-core';
import { Pool, type QueryConfig } from 'pg';
import { batchOf } from '../testing/batch-of.ts';
import { type Batch, StaleEngineError } from './commit-batches.ts';
import type { CausedEvent } from './commit-statement.ts';
import { Committer } from './committer.ts';
import { loadBook } from './load-book.ts';

const SEED = 20_261_122;
const INPUTS = 20_000;
const BATCH = 40;

describe('the books', () => {
  let database: TestDatabase;
  let engine: Pool;
  let owner: Pool;
  const userId = randomUUID();
  before(async () => {
    database = await startTestDatabase();
    engine = new Pool({ connectionString: database.url('trading_engine') });
    owner = new Pool({ connectionString: database.ownerUrl });
    await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.c', 'x']);
  });
  after(async () => {
    await engine.end();
    await owner.end();
    await database.close();
  });

  it(`hold a shard: what is loaded goes on as the one that was committed (seed ${SEED})`, async () => {
    const shard = createShard(workloadShardOptions);
    const workload = new Workload(SEED, shard);
    let [commits, checks] = [0, 0];
    for (let done = 0; done < INPUTS; ) {
      const after = { sequence: shard.sequence, swapDay: shard.swapDay };
      const events: CausedEvent[] = [];
      const owners = new Map<string, string>();
      for (let index = 0; index < BATCH; index += 1, done += 1) {
        const input = workload.next();
        const outcome = feed(shard, input);
        workload.learn(input, outcome);
        if (outcome.type !== 'accepted') continue;
        for (const event of outcome.events) {
          events.push({ event, commandId: null });
          if (event.type === 'account-opened') owners.set(event.accountId, userId);
        }
      }
      await new Committer(engine).commit(() => ({ ...batchOf(shard, after), events, owners }));
      commits += 1;
      if (commits % 25 !== 0) continue;
      const book = await loadBook(engine, 0, workloadShardOptions.recentOrdersMax);
      const expected = snapshotShard(shard);
      for (const [name, part] of Object.entries(withQuotes(book.snapshot, shard))) {
        assert.deepEqual(part, expected[name as keyof typeof expected], `${name} after commit ${commits}`);
      }
      assert.equal(hashShard(loadShard(workloadShardOptions, withQuotes(book.snapshot, shard))), hashShard(shard));
      checks += 1;
    }
    assert.ok(checks >= 15);
    const { rows } = await owner.query(`
      select (select count(*)::int from fills) as fills, (select count(*)::int from orders) as orders,
        (select count(*)::int from trade_events where type = 'trailing-best-reached') as bests,
        (select count(*)::int from trade_events where type = 'account-stopped-out') as stop_outs,
        (select coalesce(sum(amount), 0)::text from ledger_entries) as total,
        (select count(*)::int from accounts join (
           select account, sum(amount) as amount from ledger_entries group by account) l on l.account = 'client:' || id
         where balance <> amount) as unlike`);
    const [row] = rows;
    assert.ok(row.fills > 1_000 && row.orders > 1_000 && row.bests > 10 && row.stop_outs > 5, JSON.stringify(row));
    assert.equal(row.total, '0');
    assert.equal(row.unlike, 0);
  });

  it('take nothing from an engine that is not where the books are', async () => {
    const { rows } = await owner.query('select epoch, sequence from shards where shard = 0');
    const [epoch, sequence] = [Number(rows[0].epoch), Number(rows[0].sequence)];
    const count = async () => (await owner.query('select count(*) from trade_events')).rows[0].count;
    const before = await count();
    const batch: Batch = {
      ...batchOf(createShard(workloadShardOptions), { sequence, swapDay: 0 }),
      events: [{ event: { type: 'trading-day-ended', sequence: sequence + 1, at: 0, day: 99_999 }, commandId: null }],
    };
    await assert.rejects(
      new Committer(engine).commit(() => ({ ...batch, epoch: epoch + 1 })),
      StaleEngineError,
    );
    await assert.rejects(
      new Committer(engine).commit(() => ({ ...batch, epoch: epoch - 1 })),
      StaleEngineError,
    );
    const behind = { sequence: sequence - 1, swapDay: 0 };
    await assert.rejects(
      new Committer(engine).commit(() => ({ ...batch, epoch, after: behind })),
      StaleEngineError,
    );
    assert.equal(await count(), before);
  });

  it('take the batches of several shards at once, and what is wrong with one is its own affair', async () => {
    const statements: number[] = [];
    const pool = {
      query: (config: QueryConfig<string[]>) => {
        statements.push((config.values?.[0] ?? '').split(',').length);
        return engine.query(config);
      },
    } as unknown as Pick<Pool, 'query'>;
    const committer = new Committer(pool);
    const day = (sequence: number) =>
      ({ event: { type: 'trading-day-ended', sequence, at: 0, day: 1 }, commandId: null }) as const;
    const batch = (shard: number, more: Partial<Batch> = {}): Batch => {
      const own = batchOf(createShard(workloadShardOptions), { sequence: 0, swapDay: 0 });
      return { ...own, shard, epoch: 0, state: { ...own.state, sequence: 1 }, events: [day(1)], ...more };
    };
    const outcomes = await Promise.allSettled([
      committer.commit(() => batch(1)),
      committer.commit(() => batch(2)),
      committer.commit(() => batch(3, { epoch: 7 })),
      committer.commit(() => batch(4, { events: [day(1), day(1)] })),
      committer.commit(() => batch(5)),
      committer.commit(() => {
        throw new StaleEngineError('not held');
      }),
    ]);
    const said = outcomes.map((one) => (one.status === 'fulfilled' ? one.value.shard : (one.reason as Error).name));
    assert.deepEqual(said, [1, 2, 'StaleEngineError', 'error', 5, 'StaleEngineError']);
    // The first goes at once; the others together, and, as one of them cannot be written, each by itself.
    assert.deepEqual(statements, [1, 4, 1, 1, 1, 1]);
    const { rows } = await owner.query('select shard from trade_events where shard > 0 order by shard');
    assert.deepEqual(
      rows.map(({ shard }) => shard),
      [1, 2, 5],
    );
  });

  it('keep the newest offset of a log, and take any of another', async () => {
    const { rows } = await owner.query('select epoch, sequence, swap_day from shards where shard = 0');
    const [epoch, sequence, swapDay] = [Number(rows[0].epoch), Number(rows[0].sequence), rows[0].swap_day];
    const state = { ...batchOf(createShard(workloadShardOptions), { sequence, swapDay }).state, sequence, swapDay };
    const commit = async (commandLog: string, commandOffset: number) => {
      const batch = { ...batchOf(createShard(workloadShardOptions), { sequence, swapDay }), epoch, state };
      await new Committer(engine).commit(() => ({ ...batch, commandLog, commandOffset }));
      return (await owner.query('select command_log, command_offset::int from shards where shard = 0')).rows[0];
    };
    assert.deepEqual(await commit('one', 20), { command_log: 'one', command_offset: 20 });
    // A batch of commands that had expired, still on its way when the shard was loaded anew.
    assert.deepEqual(await commit('one', 12), { command_log: 'one', command_offset: 20 });
    assert.deepEqual(await commit('other', 3), { command_log: 'other', command_offset: 3 });
  });

  for (const [what, sql] of Object.entries({
    'an entry alone': `insert into ledger_entries values (0, 1, 9, 'house:pnl', 5)`,
    'a transaction without entries': `insert into ledger_transactions values (0, 99999999, 'x:1', now())`,
    'a cause twice': `insert into ledger_transactions select shard, 99999999, cause, at from ledger_transactions limit 1`,
    'a change of an event': `update trade_events set type = 'x'`,
    'a change of an entry': `update ledger_entries set amount = 1`,
    'the end of a fill': `delete from fills`,
  })) {
    it(`refuse ${what}, to their owner too`, async () => {
      await assert.rejects(owner.query(sql), (error: { code: string }) => {
        assert.ok(['23514', '23505', '23503', '42501'].includes(error.code), error.code);
        return true;
      });
    });
  }
});

function withQuotes(snapshot: ShardSnapshot, shard: Shard): ShardSnapshot {
  const markets = snapshot.markets.map((market) => ({
    ...market,
    quote: shard.markets.get(market.terms.asset)?.quote ?? null,
  }));
  return { ...snapshot, markets };
}
