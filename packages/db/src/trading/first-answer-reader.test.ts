import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Pool } from 'pg';
import { openDatabase } from '../open-database.ts';
import type { DatabaseHandle } from '../port.ts';
import { startTestDatabase, type TestDatabase } from '../testing.ts';
import { type AccountFinder, createAccountFinder } from './account-finder.ts';
import { createFirstAnswerReader, type FirstAnswerReader } from './first-answer-reader.ts';

let database: TestDatabase;
let handle: DatabaseHandle;
let reader: FirstAnswerReader;
let finder: AccountFinder;
let owner: Pool;
const [userId, older, newer, first, second] = Array.from({ length: 5 }, () => randomUUID());

before(async () => {
  database = await startTestDatabase();
  owner = new Pool({ connectionString: database.ownerUrl });
  handle = openDatabase(database.url('api_server'));
  reader = createFirstAnswerReader(handle);
  finder = createAccountFinder(handle);
  await owner.query(`insert into users (id, email, password_hash) values ($1, 'a@b.cd', 'x')`, [userId]);
  const account = `insert into accounts (id, user_id, shard, opened_sequence, opened_at, mode, profile, balance, is_margin_called)
    values ($1, $2, $3, $4, to_timestamp($5), 'hedging', 'esma', $6, false)`;
  await owner.query(account, [newer, userId, 3, 2, 20, 7]);
  await owner.query(account, [older, userId, 3, 1, 10, 5]);
  const event = `insert into trade_events (shard, sequence, type, account_id, command_id, at, data)
    values (3, $1, 'order-accepted', $2, $3, now(), $4)`;
  // Two commands, and what a quote set off between and behind them.
  for (const [sequence, commandId] of [
    [5, null],
    [6, first],
    [7, first],
    [8, null],
    [9, first],
    [10, second],
    [11, second],
  ]) {
    await owner.query(event, [sequence, older, commandId, { sequence }]);
  }
  const order = `insert into orders
    (shard, id, account_id, client_order_id, asset, status, is_triggered, terms, accepted_at, accepted_sequence, sequence)
    values (3, $1, $2, $3, 'SOL_USDC', 'accepted', false, $4, now(), $5, $5)`;
  await owner.query(order, [1, older, 'a', { is: 'a' }, 6]);
  await owner.query(order, [2, older, 'b', { is: 'b' }, 10]);
  const command = `insert into trade_commands (id, shard, at, answer) values ($1, 3, now(), $2)`;
  await owner.query(command, [first, { type: 'accepted', first: 6, last: 7 }]);
  await owner.query(command, [second, { type: 'refused', code: 'order-not-open', figures: {} }]);
});
after(async () => {
  await handle.close();
  await owner.end();
  await database.close();
});

const sequences = (answer: { readonly events: readonly { readonly sequence: number }[] } | undefined) =>
  answer?.events.map(({ sequence }) => sequence);

test('orders are found by name, each with the events of its own command, in the order of the question', async () => {
  const names = ['b', 'none', 'a', 'b'].map((clientOrderId) => ({ accountId: older ?? '', clientOrderId }));
  const found = await reader.ofOrders([...names, { accountId: newer ?? '', clientOrderId: 'a' }]);
  assert.deepEqual(found.map(sequences), [[10, 11], undefined, [6, 7], [10, 11], undefined]);
  assert.deepEqual(
    found.map((answer) => answer?.terms),
    [{ is: 'b' }, undefined, { is: 'a' }, { is: 'b' }, undefined],
  );
  assert.equal(found[0]?.shard, 3);
  assert.deepEqual(await reader.ofOrders([]), []);
});

test('commands are found by id, with what became of them', async () => {
  const [unknown, accepted, refused] = await reader.ofCommands([randomUUID(), first ?? '', second ?? '']);
  assert.equal(unknown, undefined);
  assert.ok(accepted?.outcome.type === 'accepted');
  assert.deepEqual(sequences(accepted.outcome), [6, 7]);
  assert.deepEqual(refused, { shard: 3, outcome: { type: 'refused', code: 'order-not-open', figures: {} } });
});

test('accounts are found oldest first, and whose an item is', async () => {
  const found = await finder.accountsOf(userId ?? '');
  assert.deepEqual(
    found.map(({ id, openedAt }) => [id, openedAt]),
    [
      [older, 10_000],
      [newer, 20_000],
    ],
  );
  assert.deepEqual(await finder.accountsOf(randomUUID()), []);
  assert.deepEqual(await finder.findOrder(3, 2), { accountId: older, asset: 'SOL_USDC' });
  assert.equal(await finder.findOrder(4, 2), undefined);
  assert.equal(await finder.findPosition(3, 2), undefined);
  assert.equal(await finder.balanceOf(newer ?? ''), 7);
  assert.deepEqual(await finder.openPositionsOf(older ?? ''), []);
});
