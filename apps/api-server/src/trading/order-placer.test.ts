import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FirstOrderAnswer, OrderName } from '@repo/db';
import { type Event, type OrderTerms, type Outcome, refuse, steps, ticks } from '@repo/trading-core';
import { TradeCommandsDouble } from '../testing/trade-commands-double.ts';
import { OrderPlacer } from './order-placer.ts';
import { RefusedError } from './refused-error.ts';

const accountId = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';
const request = {
  clientOrderId: 'one',
  asset: 'SOL_USDC',
  side: 'buy',
  type: 'limit',
  quantity: '1.5',
  limitPrice: '90',
} as const;
const terms: OrderTerms = {
  clientOrderId: 'one',
  asset: 'SOL_USDC',
  side: 'buy',
  type: 'limit',
  quantity: steps(150),
  limitPrice: ticks(9_000),
  stopPrice: null,
  stopLoss: null,
  takeProfit: null,
  trailingDistance: null,
  timeInForce: 'gtc',
  expiresAt: null,
  seenPrice: null,
  slippageMax: null,
};
const events: readonly Event[] = [{ type: 'order-accepted', sequence: 5, at: 1_000, accountId, orderId: 42, terms }];
const first: FirstOrderAnswer = { shard: 7, terms, events };

/** Books that give these answers, one lookup after the other. */
function setUp(answer: () => Outcome, ...lookups: (FirstOrderAnswer | undefined)[]) {
  const commands = new TradeCommandsDouble(answer);
  const asked: (readonly OrderName[])[] = [];
  const answers = {
    ofOrders: async (names: readonly OrderName[]) => {
      const found = lookups[asked.length];
      asked.push(names);
      return names.map(() => found);
    },
    ofCommands: async () => [],
  };
  return { commands, asked, placer: new OrderPlacer({ commands, answers }) };
}

test('an order that the books know is answered from them: the engine is not asked', async () => {
  const { placer, commands } = setUp(() => assert.fail('it is known'), first, first);
  const { order } = await placer.place(accountId, request);
  assert.deepEqual([order.id, order.status, order.quantity, order.limitPrice], ['7-42', 'accepted', '1.50', '90.00']);
  const inOtherWords = { ...request, quantity: '1.50', limitPrice: '90.00', timeInForce: 'gtc' } as const;
  assert.deepEqual((await placer.place(accountId, inOtherWords)).order, order);
  assert.equal(commands.asked.length, 0);
});

test('with other terms, whichever they are, the name is another order’s', async () => {
  const others = [
    { asset: 'BTC_USDC' },
    { side: 'sell' },
    { quantity: '1.51' },
    { limitPrice: '90.01' },
    { stopLoss: '80' },
    { takeProfit: '100' },
    { trailingDistance: '1' },
    { timeInForce: 'gtd', expiresAt: 2_000 },
    { quantity: '1.505' },
  ] as const;
  for (const other of others) {
    const { placer } = setUp(() => assert.fail('it is known'), first);
    await assert.rejects(placer.place(accountId, { ...request, ...other }), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.equal(error.code, 'duplicate-client-order-id');
      assert.deepEqual(error.figures, { clientOrderId: 'one', orderId: '7-42' });
      return true;
    });
  }
});

test('what the books do not know the engine is asked, in its own words', async () => {
  const { placer, commands } = setUp(() => ({ type: 'accepted', events }));
  await placer.place(accountId, { ...request, accountId, seenPrice: '1', maxSlippage: '2' });
  const { type, ...rest } = request;
  assert.deepEqual(commands.asked, [
    {
      type: 'place-order',
      accountId,
      data: { ...rest, orderType: type, seenPrice: '1', slippageMax: '2' },
    },
  ]);
});

test('what the engine knows already is told from the books', async () => {
  const repeated = () => ({ type: 'repeated', orderId: 42 }) as const;
  const { placer, asked } = setUp(repeated, undefined, first);
  assert.equal((await placer.place(accountId, request)).order.id, '7-42');
  assert.equal(asked.length, 2);
});

test('a refusal comes with the figures as they were asked for', async () => {
  const { placer } = setUp(() => refuse('quantity-not-a-step', { quantity: 150.5 }));
  await assert.rejects(placer.place(accountId, { ...request, quantity: '1.505' }), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(
      [error.code, error.figures, error.canRetry],
      ['quantity-not-a-step', { quantity: '1.505' }, false],
    );
    return true;
  });
});

test('orders of one turn are looked up together', async () => {
  const { placer, asked } = setUp(() => ({ type: 'accepted', events }));
  await Promise.all(['a', 'b', 'c'].map((clientOrderId) => placer.place(accountId, { ...request, clientOrderId })));
  assert.deepEqual(
    asked.map((names) => names.map(({ clientOrderId }) => clientOrderId)),
    [['a', 'b', 'c']],
  );
});
