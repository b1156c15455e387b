import { type Command, micros, type PlaceOrder, ticks } from '@repo/trading-core';
import { makeOrder } from './make-order.ts';
import type { Scene } from './scene.ts';

/** A command that is wrong in itself, or names what is not there. */
export function makeMistake(scene: Scene, lastOrder: PlaceOrder | undefined): Command | undefined {
  const { random, at, open } = scene;
  const accountId = random.pick(scene.accounts);
  const { terms } = random.pick(scene.instruments);
  const way = random.weighted({
    order: 10,
    repeat: 6,
    reuse: 3,
    account: 3,
    money: 4,
    stranger: 5,
    listing: 1,
    late: 2,
  });
  switch (way) {
    case 'order':
      return wrongOrder(scene);
    case 'repeat':
      return lastOrder === undefined ? undefined : { ...lastOrder, at };
    case 'reuse':
      return lastOrder === undefined
        ? undefined
        : { ...lastOrder, at, side: lastOrder.side === 'buy' ? 'sell' : 'buy' };
    case 'account':
      return random.pick<Command>([
        { type: 'open-account', at, accountId, mode: 'hedging', profile: 'esma' },
        { type: 'open-account', at, accountId: 'a-new-one', mode: 'hedging', profile: 'nobody’s' },
        { type: 'open-account', at, accountId: '', mode: 'netting', profile: 'esma' },
        { type: 'open-account', at, accountId: 'a-new-one', mode: 'netting', profile: 'esma', deposit: micros(0) },
      ]);
    case 'money':
      return random.pick<Command>([
        { type: 'deposit', at, accountId, amount: micros(0) },
        { type: 'deposit', at, accountId, amount: micros(Number.MAX_SAFE_INTEGER) },
        { type: 'withdraw', at, accountId, amount: micros(-1) },
        { type: 'withdraw', at, accountId, amount: micros(Number.MAX_SAFE_INTEGER) },
        { type: 'adjust-balance', at, accountId, amount: micros(1), reason: '' },
        { type: 'adjust-balance', at, accountId, amount: micros(-9_000_000_000_000), reason: 'a slip' },
        { type: 'deposit', at, accountId: 'nobody', amount: micros(1) },
      ]);
    case 'stranger':
      return random.pick<Command>([
        { type: 'cancel-order', at, accountId, orderId: random.pick(open.orders.items)?.id ?? 1 },
        { type: 'modify-order', at, accountId, orderId: 0, quantity: terms.quantityMin },
        { type: 'modify-order', at, accountId, orderId: random.pick(open.orders.items)?.id ?? 1, expiresAt: at },
        { type: 'close-position', at, accountId, positionId: random.pick(open.positions.items)?.id ?? 1 },
        { type: 'close-position', at, accountId, positionId: 0, seenPrice: ticks(1) },
        { type: 'modify-position', at, accountId, positionId: 0, stopLoss: null },
        { type: 'cancel-all-orders', at, accountId: 'nobody' },
        { type: 'close-all-positions', at, accountId, asset: 'NOTHING' },
        { type: 'set-trading-state', at, asset: 'NOTHING', state: 'active' },
      ]);
    case 'listing':
      return random.pick<Command>([
        { type: 'list-instrument', at, terms: { ...terms, tickValue: micros(terms.tickValue + 1) } },
        { type: 'list-instrument', at, terms: { ...terms, asset: 'NEW', commissionPpm: 0.5 } },
        { type: 'list-instrument', at, terms: { ...terms, asset: '' } },
      ]);
    case 'late':
      return { type: 'advance-time', at: at - 3_600_000 };
  }
}

function wrongOrder(scene: Scene): Command | undefined {
  const order = makeOrder(scene);
  if (order?.type !== 'place-order') return order;
  const { limitPrice: _, ...withoutLimit } = order;
  return scene.random.pick<PlaceOrder>([
    { ...order, clientOrderId: '' },
    { ...order, accountId: 'nobody' },
    { ...order, asset: 'NOTHING' },
    { ...order, stopLoss: ticks(0.5) },
    { ...order, takeProfit: ticks(1e12) },
    { ...order, trailingDistance: ticks(0) },
    { ...order, seenPrice: ticks(100) },
    { ...order, timeInForce: order.orderType === 'market' ? 'gtc' : 'ioc' },
    { ...order, timeInForce: 'gtd' },
    { ...order, expiresAt: order.at },
    { ...withoutLimit, orderType: 'limit' },
  ]);
}
