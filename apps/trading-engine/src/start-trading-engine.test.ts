import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EnginesUnderTest, type StartedEngine, startEnginesUnderTest } from './testing/engine-under-test.ts';

describe('an engine', () => {
  let engines: EnginesUnderTest;
  let engine: StartedEngine;
  const accountId = randomUUID();
  before(async () => {
    engines = await startEnginesUnderTest();
    engine = await engines.start();
    await until('all shards', async () => (await holders()).length === 12);
    await engines.price('SOL_USDC', '195.82', '195.83');
  });
  after(() => engines.close());

  const holders = async () => {
    const { rows } = await engines.owner.query(
      `select name, holder from leases where name like 'shard:%' and expires_at > clock_timestamp()`,
    );
    return rows as { name: string; holder: string }[];
  };
  const order = (clientOrderId: string, quantity = '10.00') => ({
    clientOrderId,
    asset: 'SOL_USDC',
    side: 'buy' as const,
    orderType: 'market' as const,
    quantity,
  });

  it('opens an account, funds it, and fills an order at the published ask', async () => {
    const opened = await engines.ask(accountId, 'open-account', {
      userId: engines.userId,
      mode: 'hedging',
      profile: 'professional',
    });
    assert.equal(opened.outcome.type, 'accepted');
    await engines.ask(accountId, 'deposit', { amount: '10000' });
    const { outcome } = await engines.ask(accountId, 'place-order', order('first'));
    assert.equal(outcome.type, 'accepted');
    const fill = outcome.type === 'accepted' && outcome.events.find(({ type }) => type === 'position-opened');
    assert.ok(fill && 'fill' in fill);
    assert.equal(fill.fill.price, 19_583, 'the mark-up is in it already');
    assert.equal(fill.fill.quantity, 1_000);
    const { rows } = await engines.owner.query('select * from positions where account_id = $1', [accountId]);
    assert.equal(rows.length, 1);
  });

  it('publishes each event once and in order, with the command that caused it', async () => {
    await until('the events', async () => engines.events.some(({ type }) => type === 'order-filled'));
    const shard = engines.events.find((event) => event.accountId === accountId)?.shard;
    const sequences = engines.events.filter((event) => event.shard === shard).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
    const own = engines.events.filter((event) => event.accountId === accountId);
    assert.ok(own.every(({ commandId }) => commandId !== null));
  });

  it('refuses with the code and the figures of the core, and writes nothing but the answer', async () => {
    const before = await engines.owner.query('select count(*) from trade_events where command_id is not null');
    const { outcome } = await engines.ask(accountId, 'place-order', order('too-much', '9999'));
    assert.ok(outcome.type === 'refused');
    assert.equal(outcome.code, 'insufficient-margin');
    assert.ok(Number(outcome.figures.freeMargin) < 0);
    const half = await engines.ask(accountId, 'place-order', order('half-a-step', '1.005'));
    assert.ok(half.outcome.type === 'refused' && half.outcome.code === 'quantity-not-a-step');
    const after = await engines.owner.query('select count(*) from trade_events where command_id is not null');
    assert.deepEqual(after.rows, before.rows);
  });

  it('carries a command that comes twice out once, with the same answer, also after a restart', async () => {
    const commandId = randomUUID();
    const first = await engines.ask(accountId, 'deposit', { amount: '1' }, commandId);
    const second = await engines.ask(accountId, 'deposit', { amount: '1' }, commandId);
    assert.deepEqual(second.outcome, first.outcome);
    await engine.service.stop();
    engine = await engines.start();
    const third = await engines.ask(accountId, 'deposit', { amount: '1' }, commandId);
    assert.deepEqual(third.outcome, first.outcome);
    const retry = await engines.ask(accountId, 'place-order', order('first'));
    assert.equal(retry.outcome.type, 'repeated');
    const other = await engines.ask(accountId, 'place-order', order('first', '11'));
    assert.ok(other.outcome.type === 'refused' && other.outcome.code === 'duplicate-client-order-id');
  });

  it('closes at the stop loss that a quote reaches', async () => {
    await engines.price('SOL_USDC', '195.82', '195.83');
    const { outcome } = await engines.ask(accountId, 'place-order', { ...order('with-a-stop'), stopLoss: '190' });
    assert.equal(outcome.type, 'accepted');
    await engines.price('SOL_USDC', '189.50', '189.51');
    await until('the close', async () =>
      engines.events.some(({ data }) => data.type === 'position-closed' && data.fill.rule === 'stop-loss'),
    );
    await engines.price('SOL_USDC', '195.82', '195.83');
  });

  it('sets a message that is none aside and goes on', async () => {
    await engines.kafka.send('trade-commands', [{ key: accountId, value: '{"type":"get-rich"}' }]);
    const { outcome } = await engines.ask(accountId, 'deposit', { amount: '1' });
    assert.equal(outcome.type, 'accepted');
    const [end] = await engines.kafka.endOffsets('trade-commands.dead-letter');
    assert.equal(end, 1);
  });

  it('answers after the database was away, and nothing is lost or done twice', async () => {
    const before = await balance();
    await engines.database.stopServer();
    const asked = engines.ask(accountId, 'deposit', { amount: '5' });
    await sleep(500);
    await engines.database.startServer();
    assert.equal((await asked).outcome.type, 'accepted');
    assert.equal(await balance(), before + 5_000_000);
    assert.deepEqual(engine.bugs, []);
  });

  it('shares the shards with a second engine, and takes all of them back', async () => {
    const second = await engines.start();
    await until('an even share', async () => {
      const counts = new Map<string, number>();
      for (const { holder } of await holders()) counts.set(holder, (counts.get(holder) ?? 0) + 1);
      return counts.size === 2 && [...counts.values()].every((count) => count === 6);
    });
    const { outcome } = await engines.ask(accountId, 'deposit', { amount: '1' });
    assert.equal(outcome.type, 'accepted');
    await second.service.stop();
    await until('all of them', async () => {
      const all = await holders();
      return all.length === 12 && new Set(all.map(({ holder }) => holder)).size === 1;
    });
    assert.equal((await engines.ask(accountId, 'deposit', { amount: '1' })).outcome.type, 'accepted');
    assert.deepEqual([...engine.bugs, ...second.bugs], []);
  });

  async function balance(): Promise<number> {
    const { rows } = await engines.owner.query('select balance from accounts where id = $1', [accountId]);
    return Number(rows[0].balance);
  }
});

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; ) {
    if (await ask()) return;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
