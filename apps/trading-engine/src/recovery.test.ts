import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOfKey, publish } from '@repo/kafka';
import { tradeShards } from '@repo/schemas';
import type { ReachPoint } from './crash-points.ts';
import { type EnginesUnderTest, startEnginesUnderTest } from './testing/engine-under-test.ts';

describe('engines that come and go', () => {
  let engines: EnginesUnderTest;
  /** Ends what a test holds up, so that the engines can stop after a failure too. */
  let letGo = () => {};
  beforeEach(async () => {
    engines = await startEnginesUnderTest();
  });
  afterEach(async () => {
    letGo();
    await engines.close();
  });

  function accountIn(shard: number): string {
    for (;;) {
      const id = randomUUID();
      if (partitionOfKey(id, tradeShards) === shard) return id;
    }
  }
  async function openAccount(shard: number): Promise<string> {
    const accountId = accountIn(shard);
    const opening = { userId: engines.userId, mode: 'hedging', profile: 'professional' } as const;
    assert.equal((await engines.ask(accountId, 'open-account', opening)).outcome.type, 'accepted');
    return accountId;
  }
  const deposit = (accountId: string, amount: string, commandId?: string) =>
    engines.ask(accountId, 'deposit', { amount }, commandId);
  async function balance(accountId: string): Promise<number> {
    const { rows } = await engines.owner.query('select balance from accounts where id = $1', [accountId]);
    return Number(rows[0].balance);
  }
  async function shares(): Promise<number[]> {
    const { rows } = await engines.owner.query(`select count(*)::int from leases
      where name like 'shard:%' and expires_at > clock_timestamp() group by holder order by 1`);
    return rows.map(({ count }) => count);
  }

  it('cannot commit with a shard that another has taken meanwhile', async () => {
    let isArmed = false;
    let lastReachedMs = 0;
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    letGo = goOn.resolve;
    const reachPoint: ReachPoint = (point) => {
      lastReachedMs = performance.now();
      if (point !== 'before-commit' || !isArmed) return undefined;
      isArmed = false;
      reached.resolve();
      return goOn.promise;
    };
    const first = await engines.start({ reachPoint });
    const accountId = await openAccount(0);
    // Every shard lists its instruments first: what is held up has to be the command's batch, and no other.
    const isOpen = () => first.lines.filter(({ msg }) => msg === 'the shard is open').length === tradeShards;
    await until('an idle engine', async () => isOpen() && performance.now() - lastReachedMs > 300);

    // The first engine has passed every check of its own, and stands still before it writes. The second one reads the
    // command too, after its end: nothing but the fence is between the books and the first.
    isArmed = true;
    const at = Date.now();
    const commandId = randomUUID();
    const envelope = { id: randomUUID(), at, commandId, accountId, replyTo: 'test', expiresAt: at + 1_000 };
    const command = { ...envelope, type: 'deposit' as const, data: { amount: '5' } };
    await publish(engines.kafka, 'trade-commands', accountId, command);
    await reached.promise;
    await sleep(1_100);
    await engines.owner.query(
      `update leases set expires_at = clock_timestamp() - interval '1 second', epoch = epoch + 1`,
    );
    const books = async () => {
      const { rows } = await engines.owner.query(
        'select epoch::int, sequence::int, command_offset::int as offset from shards where shard = 0',
      );
      return rows[0];
    };
    const before = await books();
    const second = await engines.start();
    await until('the second to have read it', async () => (await books()).offset === before.offset + 1);
    const taken = await books();
    assert.ok(taken.epoch > before.epoch && taken.sequence === before.sequence);
    goOn.resolve();
    await until('the end of the first', async () =>
      first.lines.some(({ msg }) => msg === 'the shard is no longer run here'),
    );
    await sleep(300);
    assert.deepEqual(await books(), taken);
    assert.equal(await balance(accountId), 0);
    assert.ok(engines.answers.every((answer) => answer.commandId !== commandId));
    assert.ok(engines.events.every((event) => event.commandId !== commandId));
    assert.equal((await deposit(accountId, '1')).outcome.type, 'accepted');
    assert.equal(await balance(accountId), 1_000_000);
    assert.deepEqual([...first.bugs, ...second.bugs], []);
  });

  it('share evenly when they start at the same moment', async () => {
    const all = await Promise.all([engines.start(), engines.start(), engines.start()]);
    await until('an even share', async () => (await shares()).join() === '4,4,4');
    assert.deepEqual(
      all.flatMap(({ bugs }) => bugs),
      [],
    );
  });

  it('look old commands up in the books, however often they come, and see no bug in it', async () => {
    let engine = await engines.start();
    const accountId = await openAccount(3);
    const commandIds = [randomUUID(), randomUUID(), randomUUID()];
    for (const commandId of commandIds) await deposit(accountId, '1', commandId);
    await engine.service.stop();
    // Too old to be remembered by whoever opens the shard next.
    await engines.owner.query(`update trade_commands set at = at - interval '1 hour'`);
    engine = await engines.start();
    for (const commandId of commandIds) {
      const { outcome } = await deposit(accountId, '1', commandId);
      assert.ok(outcome.type === 'accepted' && outcome.events.length === 1);
      assert.equal((await deposit(accountId, '2')).outcome.type, 'accepted');
    }
    assert.equal(await balance(accountId), 9_000_000);
    assert.deepEqual(engine.bugs, []);
    assert.equal(engine.lines.filter(({ msg }) => msg.startsWith('the batch was not committed')).length, 1);
  });

  it('set aside what the books would refuse: an account of nobody, or of another shard', async () => {
    const engine = await engines.start();
    const accountId = await openAccount(3);
    const at = Date.now();
    const envelope = { id: randomUUID(), at, replyTo: 'test', expiresAt: at + 30_000, type: 'open-account' };
    const send = (key: string, id: string, userId: string) => {
      const data = { userId, mode: 'netting', profile: 'professional' };
      const value = JSON.stringify({ ...envelope, commandId: randomUUID(), accountId: id, data });
      return engines.kafka.send('trade-commands', [{ key, value }]);
    };
    await send(accountId, accountIn(3), randomUUID());
    await send(accountId, accountIn(4), engines.userId);
    assert.equal((await deposit(accountId, '1')).outcome.type, 'accepted');
    assert.deepEqual(await engines.kafka.endOffsets('trade-commands.dead-letter'), [2]);
    assert.deepEqual((await engines.owner.query('select id from accounts')).rows, [{ id: accountId }]);
    assert.deepEqual(engine.bugs, []);
    assert.equal(engine.lines.filter(({ msg }) => msg.startsWith('the batch was not committed')).length, 0);
  });

  it('say once that PostgreSQL is away and once that it is back, and answer what waited', async () => {
    const engine = await engines.start();
    const accountIds = await Promise.all([0, 5, 9].map(openAccount));
    const before = engine.lines.length;
    await engines.database.stopServer();
    const asked = accountIds.map((accountId) => deposit(accountId, '1'));
    // Longer than the leases last.
    await sleep(2_000);
    await engines.database.startServer();
    for (const { outcome } of await Promise.all(asked)) assert.equal(outcome.type, 'accepted');
    await until('the line', async () => engine.lines.some(({ msg }) => msg === 'PostgreSQL answers again'));
    const told = engine.lines.slice(before).filter(({ msg, level }) => msg.startsWith('PostgreSQL') || level > 30);
    assert.deepEqual(
      told.map(({ msg }) => msg),
      ['PostgreSQL is away', 'PostgreSQL answers again'],
    );
    assert.deepEqual(engine.bugs, []);
  });

  it('stop in order: what was decided is committed, answered and published, and nothing is published twice', async () => {
    const engine = await engines.start();
    const accountId = await openAccount(3);
    const commandIds = Array.from({ length: 40 }, () => randomUUID());
    const asked = commandIds.map((commandId) => deposit(accountId, '1', commandId));
    await asked[0];
    await engine.service.stop();
    const { rows } = await engines.owner.query('select id from trade_commands where id = any($1::uuid[])', [
      commandIds,
    ]);
    await until('the answers', async () =>
      rows.every(({ id }) => engines.answers.some(({ commandId }) => commandId === id)),
    );
    const shard = await engines.owner.query('select sequence, published_sequence from shards where shard = 3');
    assert.equal(shard.rows[0].published_sequence, shard.rows[0].sequence);
    await engines.start();
    await Promise.all(asked);
    assert.equal(await balance(accountId), 40_000_000);
    await until('the events', async () => engines.events.filter(({ type }) => type === 'deposited').length >= 40);
    const sequences = engines.events.filter((event) => event.shard === 3).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
  });

  it('go on with a log that ends before the offset in the books: nothing twice, nothing passed over', async () => {
    let engine = await engines.start();
    const accountId = await openAccount(3);
    const commandIds = [randomUUID(), randomUUID()];
    for (const commandId of commandIds) await deposit(accountId, '1', commandId);
    await engine.service.stop();
    const offset = async () => {
      const { rows } = await engines.owner.query('select command_offset::int as offset from shards where shard = 3');
      return rows[0].offset as number;
    };
    assert.equal(await offset(), 3);
    // As if PostgreSQL were restored from a later moment than Kafka was.
    await engines.owner.query('update shards set command_offset = 1000 where shard = 3');
    const waiting = deposit(accountId, '5');
    engine = await engines.start();
    assert.equal((await waiting).outcome.type, 'accepted');
    for (const commandId of commandIds) {
      assert.equal((await deposit(accountId, '1', commandId)).outcome.type, 'accepted', 'the answer of the first time');
    }
    assert.equal(await balance(accountId), 7_000_000);
    await until('the offset', async () => (await offset()) === 6);
    const warned = ({ lines }: { readonly lines: readonly { readonly msg: string }[] }) =>
      lines.filter(({ msg }) => msg.startsWith('trade-commands ends before')).length;
    assert.equal(warned(engine), 1);
    assert.deepEqual(engine.bugs, []);
    await engine.service.stop();
    engine = await engines.start();
    assert.equal((await deposit(accountId, '1')).outcome.type, 'accepted');
    assert.equal(warned(engine), 0);
  });

  it('leave nothing of themselves behind, and clear up after those that were killed', async () => {
    const rows = async () =>
      (await engines.owner.query(`select name from leases where name like 'engine:%'`)).rows as { name: string }[];
    const first = await engines.start({ leaseMs: 500 });
    await openAccount(1);
    const [own] = await rows();
    assert.ok(own);
    await first.crash();
    const second = await engines.start({ leaseMs: 500 });
    await until('the end of the first', async () => (await rows()).every(({ name }) => name !== own.name));
    assert.equal((await rows()).length, 1, 'and of no other');
    await second.service.stop();
    assert.deepEqual(await rows(), []);
    const { rows: shards } = await engines.owner.query(`select count(*)::int from leases where name like 'shard:%'`);
    assert.deepEqual(shards, [{ count: tradeShards }], 'the epochs of shards stay');
  });

  it('forget the answers to commands after their time, never an order by its name', async () => {
    const engine = await engines.start();
    const accountId = await openAccount(3);
    await deposit(accountId, '1000');
    await engines.price('SOL_USDC', '195.82', '195.83');
    const order = {
      clientOrderId: 'kept',
      asset: 'SOL_USDC',
      side: 'buy',
      quantity: '1.00',
      orderType: 'market',
    } as const;
    const first = await engines.ask(accountId, 'place-order', order);
    assert.equal(first.outcome.type, 'accepted');
    // Old ones, more than a batch, and one that has an hour left.
    const refusal = JSON.stringify({ type: 'refused', code: 'unknown-account', figures: {} });
    await engines.owner.query(`update trade_commands set at = at - interval '31 days'`);
    await engines.owner.query(
      `insert into trade_commands
      select gen_random_uuid(), 3, now() - interval '31 days', $1 from generate_series(1, 2500)`,
      [refusal],
    );
    const recent = randomUUID();
    await engines.owner.query(
      `insert into trade_commands values ($1, 3, now() - interval '30 days' + interval '1 hour', $2)`,
      [recent, refusal],
    );
    await until('the rest', async () => {
      const { rows } = await engines.owner.query('select id from trade_commands');
      return rows.length === 1 && rows[0].id === recent;
    });
    await engine.service.stop();
    await engines.start();
    const again = await engines.ask(accountId, 'place-order', order);
    assert.equal(again.outcome.type, 'repeated');
  });
});

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; ) {
    if (await ask()) return;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
