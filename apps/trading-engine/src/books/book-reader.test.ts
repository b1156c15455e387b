import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type BookReader, createBookReader, type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { feed, Workload, workloadShardOptions } from '@repo/testing';
import {
  createShard,
  type Event,
  type Fill,
  type InstrumentTerms,
  ledgerTransaction,
  snapshotShard,
} from '@repo/trading-core';
import { Pool } from 'pg';
import { batchOf } from '../testing/batch-of.ts';
import type { CausedEvent } from './commit-statement.ts';
import { Committer } from './committer.ts';

const SEED = 20_261_123;
const INPUTS = 12_000;
const BATCH = 40;
const PAGE = 3;

type OfAccount = Event & { readonly accountId: string };
const isOf = (accountId: string) => (event: Event) => 'accountId' in event && event.accountId === accountId;

describe(`the books, as the api-server reads them (seed ${SEED})`, () => {
  let database: TestDatabase;
  let engine: Pool;
  let handle: DatabaseHandle;
  let books: BookReader;
  const shard = createShard(workloadShardOptions);
  const workload = new Workload(SEED, shard);
  const events: Event[] = [];
  const userId = randomUUID();

  async function go(inputs: number): Promise<void> {
    for (let done = 0; done < inputs; ) {
      const before = { sequence: shard.sequence, swapDay: shard.swapDay };
      const batch: CausedEvent[] = [];
      const owners = new Map<string, string>();
      for (let index = 0; index < BATCH; index += 1, done += 1) {
        const input = workload.next();
        const outcome = feed(shard, input);
        workload.learn(input, outcome);
        if (outcome.type !== 'accepted') continue;
        for (const event of outcome.events) {
          batch.push({ event, commandId: null });
          events.push(event);
          if (event.type === 'account-opened') owners.set(event.accountId, userId);
        }
      }
      await new Committer(engine).commit(() => ({ ...batchOf(shard, before), events: batch, owners }));
    }
  }

  before(async () => {
    database = await startTestDatabase();
    engine = new Pool({ connectionString: database.url('trading_engine') });
    handle = openDatabase(database.url('api_server'));
    books = createBookReader(handle);
    const owner = new Pool({ connectionString: database.ownerUrl });
    await owner.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [userId, 'a@b.c', 'x']);
    await owner.end();
    await go(INPUTS);
  });
  after(async () => {
    await engine.end();
    await handle.close();
    await database.close();
  });

  const accountIds = () => [...shard.accounts.keys()];
  const eventsOf = (accountId: string) => events.filter(isOf(accountId)) as OfAccount[];
  const fillsOf = (accountId: string) => eventsOf(accountId).filter((event) => 'fill' in event);

  it('load each account as it is in its shard', async () => {
    const whole = snapshotShard(shard);
    let trailing = 0;
    for (const accountId of accountIds()) {
      const loaded = await books.loadAccount(accountId);
      assert.ok(loaded);
      const { snapshot } = loaded;
      assert.equal(loaded.userId, userId);
      assert.equal(loaded.shard, 0);
      assert.equal(snapshot.sequence, shard.sequence);
      assert.deepEqual(
        snapshot.accounts,
        whole.accounts.filter(({ id }) => id === accountId),
      );
      for (const part of ['orders', 'positions'] as const) {
        const expected = (whole[part] as readonly { accountId: string }[]).filter((one) => one.accountId === accountId);
        assert.deepEqual(snapshot[part], expected);
      }
      trailing += snapshot.positions.filter(({ trailingDistance }) => trailingDistance !== null).length;
      const accepted = new Map(loaded.acceptedAt);
      for (const event of eventsOf(accountId)) {
        if (event.type === 'order-accepted' && accepted.has(event.orderId)) {
          assert.equal(accepted.get(event.orderId), event.at);
        }
      }
      assert.equal(accepted.size, snapshot.orders.length);
    }
    assert.ok(trailing > 0, 'no trailing stop was open');
    assert.equal(await books.loadAccount(randomUUID()), undefined);
  });

  it('give every order once, and what became of it', async () => {
    for (const accountId of accountIds()) {
      const placed = eventsOf(accountId).flatMap((event) => (event.type === 'order-accepted' ? [event.orderId] : []));
      const all = await everyPage(
        (before: number | undefined) => books.findOrders({ accountId, limit: PAGE, ...(before && { before }) }),
        ({ id }) => id,
      );
      assert.deepEqual(
        all.map(({ id }) => id),
        placed.toReversed(),
      );
      const open = await books.findOrders({ accountId, limit: 1_000, status: 'open' });
      const ended = await books.findOrders({ accountId, limit: 10_000, status: 'ended' });
      const pending = [...shard.orders.values()].filter(({ account }) => account.id === accountId);
      assert.deepEqual(
        open.map(({ id, terms }) => [id, terms]),
        pending.map(({ id, terms }) => [id, terms]).toReversed(),
      );
      assert.equal(open.length + ended.length, all.length);
      for (const order of ended.slice(0, 20)) {
        assert.ok(order.status !== 'accepted' && order.endedAt !== null);
        assert.deepEqual(await books.findOrder({ shard: 0, number: order.id }), order);
      }
    }
    assert.equal(await books.findOrder({ shard: 1, number: 1 }), undefined);
  });

  it('give every fill once while others are added', async () => {
    let added = 0;
    const busiest = accountIds().toSorted((a, b) => fillsOf(b).length - fillsOf(a).length);
    for (const accountId of busiest.slice(0, 8)) {
      const expected = fillsOf(accountId).map((event) => 'fill' in event && event.fill.id);
      assert.ok(expected.length > 3 * PAGE);
      const found = await everyPage(
        async (before: number | undefined) => {
          await go(2 * BATCH);
          return books.findFills({ accountId, limit: PAGE, ...(before && { before }) });
        },
        ({ fill }) => fill.id,
      );
      const ids = found.map(({ fill }) => fill.id).toReversed();
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(ids.slice(0, expected.length), expected);
      added += fillsOf(accountId).length - expected.length;
    }
    assert.ok(added > 0, 'nothing was added meanwhile');
  });

  it('give the fills of an order or a position, and to nobody else', async () => {
    const [accountId, other] = accountIds().toSorted((a, b) => fillsOf(b).length - fillsOf(a).length);
    assert.ok(accountId && other);
    const now = fillsOf(accountId) as readonly (OfAccount & { readonly fill: Fill })[];
    for (const { fill, at, sequence } of now.slice(-30)) {
      const { rounding: _, roundingCarry: __, ...told } = fill;
      assert.deepEqual(await books.findFill({ shard: 0, number: fill.id }), {
        shard: 0,
        accountId,
        at,
        sequence,
        fill: told,
      });
      for (const [part, number] of [['position', fill.positionId] as const, ['order', fill.orderId] as const]) {
        if (number === null) continue;
        const own = await books.findFills({ accountId, limit: 1_000, [part]: { shard: 0, number } });
        const of = now.filter((one) => one.fill[`${part}Id`] === number).map((one) => one.fill.id);
        assert.deepEqual(own.map((one) => one.fill.id).toReversed(), of);
        assert.deepEqual(await books.findFills({ accountId: other, limit: 10, [part]: { shard: 0, number } }), []);
        assert.deepEqual(await books.findFills({ accountId, limit: 10, [part]: { shard: 1, number } }), []);
      }
    }
  });

  it('know of each fill its event, the terms at the time, and the stop-out that made it', async () => {
    const terms = new Map<string, InstrumentTerms>();
    let [stopOuts, stoppedOut] = [0, 0];
    const lastStopOut = new Map<string, Event>();
    for (const event of events) {
      if (event.type === 'instrument-listed') terms.set(event.terms.asset, event.terms);
      if (event.type === 'account-stopped-out') {
        lastStopOut.set(event.accountId, event);
        stopOuts += 1;
      }
      if (!('fill' in event) || (event.fill.rule !== 'stop-out' && event.fill.id % 50 !== 0)) continue;
      const found = await books.findFill({ shard: 0, number: event.fill.id });
      assert.ok(found);
      const facts = await books.explainable(found);
      assert.deepEqual(facts.event, event);
      assert.deepEqual(facts.terms, terms.get(event.fill.asset));
      const isStopOut = event.fill.rule === 'stop-out';
      assert.deepEqual(facts.stopOut, isStopOut ? lastStopOut.get(event.accountId) : undefined);
      if (isStopOut) stoppedOut += 1;
    }
    assert.ok(stopOuts > 0 && stoppedOut >= stopOuts);
  });

  it('put closed positions together from their fills', async () => {
    let increased = 0;
    for (const accountId of accountIds()) {
      const found = await everyPage(
        (before: { closedAt: number; id: number } | undefined) =>
          books.findClosedPositions({ accountId, limit: PAGE, ...(before && { before }) }),
        ({ closedAt, id }) => ({ closedAt, id }),
      );
      const closed = eventsOf(accountId).filter((event) => event.type === 'position-closed');
      assert.deepEqual(
        found.map(({ id }) => id).toSorted((a, b) => a - b),
        closed.map(({ fill }) => fill.positionId).toSorted((a, b) => a - b),
      );
      for (const [index, position] of found.entries()) {
        const older = found[index + 1];
        assert.ok(older === undefined || older.closedAt <= position.closedAt);
        const own = fillsOf(accountId).flatMap((event) =>
          'fill' in event && event.fill.positionId === position.id ? [event] : [],
        );
        const opening = own.filter(({ type }) => type === 'position-opened' || type === 'position-increased');
        const closing = own.filter((event) => !opening.includes(event));
        const sum = (of: typeof own, amount: (fill: Fill) => number) =>
          of.reduce((total, { fill }) => total + amount(fill), 0);
        assert.equal(
          Number(position.quantity),
          sum(opening, (fill) => fill.quantity),
        );
        assert.equal(
          Number(position.quantity),
          sum(closing, (fill) => fill.quantity),
        );
        assert.equal(
          Number(position.openCost),
          sum(opening, (fill) => fill.price * fill.quantity),
        );
        assert.equal(
          Number(position.closeCost),
          sum(closing, (fill) => fill.price * fill.quantity),
        );
        assert.equal(position.closedBy, own.at(-1)?.fill.rule);
        assert.equal(
          position.realizedPnl,
          sum(own, (fill) => fill.realizedPnl),
        );
        assert.equal(
          position.commission,
          sum(own, (fill) => fill.commission),
        );
        if (opening.length > 1) increased += 1;
      }
    }
    assert.ok(increased > 0, 'no position of a netting account grew');
  });

  it('give every entry of the ledger once, and statements that follow each other', async () => {
    for (const accountId of accountIds()) {
      const account = `client:${accountId}`;
      const expected = eventsOf(accountId).flatMap((event) => {
        const entries = ledgerTransaction(event)?.entries.filter((entry) => entry.account === account) ?? [];
        return entries.map(({ amount }) => [event.sequence, amount]);
      });
      const found = await everyPage(
        (before: { sequence: number; line: number } | undefined) =>
          books.findLedger({ accountId, limit: PAGE, ...(before && { before }) }),
        ({ sequence, line }) => ({ sequence, line }),
      );
      assert.deepEqual(found.map(({ sequence, amount }) => [sequence, amount]).toReversed(), expected);

      const times = found.map(({ at }) => at);
      const [start, end] = [Math.min(...times), Math.max(...times) + 1];
      const middle = Math.floor((start + end) / 2);
      const read = (from: number, to: number, limit = 100_000) => books.readStatement({ accountId, from, to, limit });
      const [first, second] = await Promise.all([read(start, middle), read(middle, end)]);
      const sum = (entries: typeof first.entries) => entries.reduce((total, { amount }) => total + amount, 0);
      assert.equal(first.openingBalance, 0);
      assert.equal(second.openingBalance, sum(first.entries));
      assert.equal(second.openingBalance + sum(second.entries), shard.accounts.get(accountId)?.balance);
      assert.equal(first.entries.length + second.entries.length, found.length);
      const few = await read(start, end, 3);
      assert.equal(few.entries.length, Math.min(4, found.length), 'one more than asked for');
      for (const { cause, fill, swapAsset, reason } of second.entries) {
        const kind = cause.split(':')[0];
        assert.equal(fill !== null, kind === 'fill');
        assert.equal(swapAsset !== null, kind === 'swap');
        assert.equal(reason !== null, kind === 'adjustment');
      }
    }
  });

  it('find by index what they are asked', async () => {
    const owner = new Pool({ connectionString: database.ownerUrl });
    const [accountId] = accountIds();
    const plans: Readonly<Record<string, string>> = {
      orders_account: `select * from orders where account_id = '${accountId}' and id < 900 order by id desc limit 8`,
      orders_pending: `select * from orders where shard = 0 and account_id = '${accountId}' and status = 'accepted'`,
      positions_open: `select * from positions where shard = 0 and account_id = '${accountId}' and closed_at is null`,
      positions_ended: `select * from positions where account_id = '${accountId}' and closed_at is not null
        order by closed_at desc, id desc limit 8`,
      fills_account: `select * from fills where account_id = '${accountId}' and id < 900 order by id desc limit 8`,
      fills_position: 'select * from fills where shard = 0 and position_id = 70',
      fills_order: 'select * from fills where shard = 0 and order_id = 70',
      ledger_entries_account: `select * from ledger_entries where account = 'client:${accountId}' and shard = 0
        and (sequence, line) < (90000, 2) order by sequence desc, line desc limit 8`,
      trade_events_listed: `select data from trade_events where shard = 0 and sequence < 900
        and type = 'instrument-listed' order by sequence desc limit 1`,
    };
    await owner.query('analyze');
    for (const [index, query] of Object.entries(plans)) {
      const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`explain ${query}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      assert.ok(plan.includes(` ${index} `), `${index}:\n${plan}`);
    }
    await owner.end();
  });
});

/** Reads page by page, `place` after `place`, to the end. */
async function everyPage<Row, Place>(
  read: (before: Place | undefined) => Promise<readonly Row[]>,
  place: (row: Row) => Place,
): Promise<Row[]> {
  const all: Row[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await read(last && place(last));
    if (page.length === 0) return all;
    all.push(...page);
  }
}
