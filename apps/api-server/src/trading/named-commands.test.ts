import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FirstAnswer } from '@repo/db';
import { type Event, micros, type Outcome, refuse } from '@repo/trading-core';
import { TradeCommandsDouble } from '../testing/trade-commands-double.ts';
import { NamedCommands, type NamedRequest } from './named-commands.ts';
import { RefusedError } from './refused-error.ts';
import { namedCommandId } from './trading-ids.ts';

const accountId = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';
const done = (amount: number): Outcome => ({
  type: 'accepted',
  events: [{ type: 'deposited', sequence: 5, at: 1, accountId, amount: micros(amount) }],
});
const refused = refuse('insufficient-balance', { amount: 2, balance: 1 });
const id = (attempt: number) => namedCommandId(accountId, 'deposit', 'one', attempt);

/** Books that know these answers, by the number of the try. */
function books(...outcomes: Outcome[]) {
  const known = new Map(
    outcomes.map((outcome, attempt): [string, FirstAnswer] => [id(attempt), { shard: 7, outcome }]),
  );
  let lookups = 0;
  return {
    known,
    get lookups() {
      return lookups;
    },
    ofOrders: async () => [],
    ofCommands: async (ids: readonly string[]) => {
      lookups += 1;
      return ids.map((one) => known.get(one));
    },
  };
}

const request = (more: Partial<NamedRequest> = {}): NamedRequest => ({
  command: { type: 'deposit', accountId, data: { amount: '1' } },
  clientRequestId: 'one',
  isDoneBy: ([event]: readonly Event[]) => event?.type === 'deposited' && event.amount === 1_000_000,
  ...more,
});

test('a name that is new is asked for with its first id', async () => {
  const commands = new TradeCommandsDouble(() => done(1_000_000));
  const carried = await new NamedCommands({ commands, answers: books() }).carryOut(request());
  assert.equal(carried.shard, 7);
  assert.deepEqual(
    commands.asked.map(({ commandId }) => commandId),
    [id(0)],
  );
});

test('what was done under the name is told again, and neither checked nor asked for', async () => {
  const commands = new TradeCommandsDouble(() => assert.fail('it is done'));
  const named = new NamedCommands({ commands, answers: books(refused, done(1_000_000)) });
  const check = async () => assert.fail('it is done');
  const { events } = await named.carryOut(request({ check }));
  assert.equal(events.length, 1);
});

test('what was done counts, also when the refusal before it is forgotten', async () => {
  const commands = new TradeCommandsDouble(() => assert.fail('it is done'));
  const answers = books(refused, done(1_000_000));
  answers.known.delete(id(0));
  await new NamedCommands({ commands, answers }).carryOut(request());
});

test('a refusal does not use the name up: the next id is asked for, however many there were', async () => {
  for (const count of [1, 3, 4, 9]) {
    const commands = new TradeCommandsDouble(() => done(1_000_000));
    await new NamedCommands({ commands, answers: books(...Array(count).fill(refused)) }).carryOut(request());
    assert.equal(commands.asked[0]?.commandId, id(count), String(count));
  }
});

test('a name that was refused too often gets its last refusal', async () => {
  const commands = new TradeCommandsDouble(() => assert.fail('the name is used up'));
  const named = new NamedCommands({ commands, answers: books(...Array(64).fill(refused)) });
  await assert.rejects(named.carryOut(request()), (error) => {
    return error instanceof RefusedError && error.code === 'insufficient-balance' && error.canRetry;
  });
});

test('what was done and is not what is asked for is refused, from the books and from the engine', async () => {
  const isDuplicate = (error: unknown) => error instanceof RefusedError && error.code === 'duplicate-client-request-id';
  const silent = new TradeCommandsDouble(() => assert.fail('the books know it'));
  await assert.rejects(
    new NamedCommands({ commands: silent, answers: books(done(2)) }).carryOut(request()),
    isDuplicate,
  );
  const other = new TradeCommandsDouble(() => done(2));
  await assert.rejects(new NamedCommands({ commands: other, answers: books() }).carryOut(request()), isDuplicate);
});

test('names of one turn are looked up together', async () => {
  const commands = new TradeCommandsDouble(() => done(1_000_000));
  const answers = books();
  const named = new NamedCommands({ commands, answers });
  await Promise.all([named.carryOut(request()), named.carryOut(request({ clientRequestId: 'two' }))]);
  assert.equal(answers.lookups, 1);
});
