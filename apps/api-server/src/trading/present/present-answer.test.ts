import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createShard,
  decide,
  defaultProfiles,
  defaultTerms,
  type Event,
  micros,
  receiveQuote,
  steps,
  ticks,
} from '@repo/trading-core';
import { presentFills, presentPlaced } from './present-answer.ts';

const asset = 'SOL_USDC';
const accountId = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';

/** A core with a quote of 99.99 / 100.01, and a netting account. */
function trader() {
  const shard = createShard({ profiles: defaultProfiles, grossNotionalMax: micros(1e15), recentOrdersMax: 10 });
  const terms = defaultTerms.find((one) => one.asset === asset);
  assert.ok(terms);
  const carryOut = (command: object): readonly Event[] => {
    const outcome = decide(shard, { at: 1_000, accountId, ...command } as never);
    assert.ok(outcome.type === 'accepted', JSON.stringify(outcome));
    return outcome.events;
  };
  carryOut({ type: 'list-instrument', terms });
  carryOut({ type: 'open-account', mode: 'netting', profile: 'professional', deposit: micros(1e10) });
  const quote = { asset, sequence: 1, at: 1_000, source: 'simulated', status: 'live' } as const;
  receiveQuote(shard, { ...quote, bid: ticks(9_999), ask: ticks(10_001) });
  let orders = 0;
  const place = (side: string, quantity: number, more: object = {}) => {
    orders += 1;
    const order = { clientOrderId: String(orders), asset, side, orderType: 'market', quantity: steps(quantity) };
    return carryOut({ type: 'place-order', ...order, ...more });
  };
  return { carryOut, place };
}

test('a flip shows both fills, and what is left of both positions', () => {
  const { place } = trader();
  place('buy', 100);
  const { order, fills, positions } = presentPlaced(place('sell', 250), 7);
  assert.deepEqual([order.id, order.status, order.endedAt], ['7-2', 'filled', 1_000]);
  assert.deepEqual(
    fills.map(({ id, orderId, quantity, realizedPnl }) => [id, orderId, quantity, realizedPnl]),
    [
      ['7-2', '7-2', '1.00', '-0.02'],
      ['7-3', '7-2', '1.50', '0.00'],
    ],
  );
  assert.deepEqual(positions, [
    { id: '7-1', asset, side: 'long', quantity: '0.00', openPrice: '0' },
    { id: '7-2', asset, side: 'short', quantity: '1.50', openPrice: '99.99' },
  ]);
});

test('what is added to shows the average, what is reduced the rest', () => {
  const { place } = trader();
  place('sell', 100);
  assert.equal(presentPlaced(place('sell', 50), 7).positions[0]?.quantity, '1.50');
  const { positions } = presentPlaced(place('buy', 30), 7);
  assert.deepEqual(positions, [{ id: '7-1', asset, side: 'short', quantity: '1.20', openPrice: '99.99' }]);
});

test('an order that is ended by its own command is told as it ended, whatever the reason', () => {
  const { place } = trader();
  const events = place('buy', 100, { orderType: 'limit', limitPrice: ticks(9_000) });
  const accepted = presentPlaced(events, 7).order;
  assert.deepEqual([accepted.status, accepted.limitPrice, accepted.endedAt], ['accepted', '90.00', undefined]);
  const [first] = events;
  assert.ok(first);
  const ending = (event: object) =>
    presentPlaced(
      [...events, { sequence: first.sequence + 1, at: 1_001, accountId, orderId: 1, ...event } as Event],
      7,
    );
  const told = (event: object) => {
    const { status, endedAt, endReason } = ending(event).order;
    return [status, endedAt, endReason];
  };
  assert.deepEqual(told({ type: 'order-cancelled', reason: 'stop-out' }), ['cancelled', 1_001, 'stop-out']);
  const refusal = { type: 'refused', code: 'insufficient-margin', figures: {} };
  assert.deepEqual(told({ type: 'order-rejected', refusal }), ['rejected', 1_001, 'insufficient-margin']);
  assert.deepEqual(told({ type: 'order-expired' }), ['expired', 1_001, undefined]);
  assert.deepEqual(told({ type: 'order-filled', orderId: 2 }), ['accepted', undefined, undefined], 'another order');
  assert.equal(ending({ type: 'order-triggered' }).order.isTriggered, true);
});

test('a close has no order', () => {
  const { place, carryOut } = trader();
  place('buy', 100);
  const { fills, positions } = presentFills(carryOut({ type: 'close-position', positionId: 1, quantity: 40 }), 7);
  assert.deepEqual([fills[0]?.orderId, fills[0]?.rule, positions[0]?.quantity], [undefined, 'close', '0.60']);
  assert.throws(() => presentPlaced([], 7), /no order was accepted/);
});
