import {
  type Command,
  type ModifyOrder,
  type OrderTerms,
  type OrderType,
  type PlaceOrder,
  type Quote,
  type Side,
  steps,
  ticks,
} from '@repo/trading-core';
import { chooseDistance, chooseExits, closingPriceFor, roundLevel } from './choose-levels.ts';
import { chooseQuantity } from './choose-quantity.ts';
import type { Scene } from './scene.ts';

/** A new order, mostly one that can be accepted. */
export function makeOrder(scene: Scene): Command | undefined {
  const { random } = scene;
  const accountId = random.pick(scene.accounts);
  const { terms } = random.pick(scene.instruments);
  const quote = scene.quotes.get(terms.asset);
  if (quote === undefined) return undefined;
  const side: Side = random.chance(0.5) ? 'buy' : 'sell';
  scene.serial += 1;
  const base = {
    type: 'place-order',
    at: scene.at,
    accountId,
    // Names are unique in an account, not among accounts.
    clientOrderId: `order-${random.chance(0.2) ? scene.serial : Math.floor(scene.serial / 4)}`,
    asset: terms.asset,
    side,
    quantity: chooseQuantity(scene, accountId, terms, quote),
  } as const;
  const orderType = random.weighted<OrderType>({ market: 50, limit: 18, stop: 17, 'stop-limit': 10 });
  if (orderType === 'market') return { ...base, orderType, ...marketTerms(scene, side, quote) };
  return { ...base, orderType, ...pendingTerms(scene, orderType, side, quote) };
}

function marketTerms(scene: Scene, side: Side, quote: Quote): Partial<PlaceOrder> {
  const { random } = scene;
  const exits = random.chance(0.5) ? chooseExits(scene, side === 'buy', closingPriceFor(side === 'buy', quote)) : {};
  if (!random.chance(0.2)) return exits;
  const slippageMax = random.between(0, 5);
  const price = side === 'buy' ? quote.ask : quote.bid;
  const seenPrice = price + random.pick([0, slippageMax, -slippageMax, slippageMax + 1, -slippageMax - 1]);
  return { ...exits, seenPrice: ticks(seenPrice), slippageMax: ticks(slippageMax) };
}

function pendingTerms(scene: Scene, type: OrderType, side: Side, quote: Quote): Partial<PlaceOrder> {
  const { random } = scene;
  const sign = side === 'buy' ? 1 : -1;
  const price = side === 'buy' ? quote.ask : quote.bid;
  const distance = chooseDistance(scene, price);
  const stop = roundLevel(scene, price + sign * distance);
  // A stop-limit's limit lies beyond its stop, where it fills at once, or before it.
  const limit =
    type === 'limit' ? roundLevel(scene, price - sign * distance) : stop + sign * random.pick([0, 1, 3, -1, -4]);
  const entry = type === 'stop' ? stop : limit;
  return {
    ...(type === 'stop' ? {} : { limitPrice: ticks(limit) }),
    ...(type === 'limit' ? {} : { stopPrice: ticks(stop) }),
    ...(random.chance(0.5) ? chooseExits(scene, side === 'buy', entry) : {}),
    ...(random.chance(0.3)
      ? { timeInForce: 'gtd', expiresAt: scene.at + random.pick([1, 500, 20_000, 3_600_000, 90_000_000]) }
      : {}),
  };
}

/** A change of a pending order. */
export function makeOrderChange(scene: Scene): Command | undefined {
  const { random, open } = scene;
  if (open.orders.items.length === 0) return undefined;
  const { id, accountId, terms } = random.pick(open.orders.items);
  const quote = scene.quotes.get(terms.asset);
  if (quote === undefined) return undefined;
  const base: ModifyOrder = { type: 'modify-order', at: scene.at, accountId, orderId: id };
  const way = random.weighted({ quantity: 2, prices: 4, exits: 3, noExits: 1, expiry: 2, wrong: 0.3 });
  switch (way) {
    case 'quantity':
      return { ...base, quantity: steps(Math.max(1, Math.round(terms.quantity * random.pick([0.5, 1, 2])))) };
    case 'prices':
      return { ...base, ...movedPrices(scene, terms, quote) };
    case 'exits':
      return { ...base, ...chooseExits(scene, terms.side === 'buy', terms.limitPrice ?? terms.stopPrice ?? 0) };
    case 'noExits':
      return { ...base, stopLoss: null, takeProfit: null, trailingDistance: null };
    case 'expiry':
      return { ...base, expiresAt: random.chance(0.3) ? null : scene.at + random.between(1, 10_000_000) };
    case 'wrong':
      return { ...base, limitPrice: ticks(quote.bid), stopPrice: ticks(quote.ask) };
  }
}

function movedPrices(scene: Scene, terms: OrderTerms, quote: Quote): Partial<ModifyOrder> {
  const { limitPrice, stopPrice } = pendingTerms(scene, terms.type, terms.side, quote);
  return {
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined || scene.random.chance(0.1) ? {} : { stopPrice }),
  };
}

export function makeCancellation(scene: Scene): Command | undefined {
  const { random, open } = scene;
  if (open.orders.items.length === 0) return undefined;
  const { id, accountId, terms } = random.pick(open.orders.items);
  if (random.chance(0.8)) return { type: 'cancel-order', at: scene.at, accountId, orderId: id };
  const all = { type: 'cancel-all-orders', at: scene.at, accountId } as const;
  return random.chance(0.5) ? all : { ...all, asset: terms.asset };
}
