import { randomUUID } from 'node:crypto';
import type { ApiClient } from '@repo/client';
import type { Order, Position } from '@repo/schemas';
import type { Prng } from '@repo/testing/prng';
import { type Asset, assets, type Market } from './market.ts';

/** One request, sent as often as it says, all at once. */
export interface Move {
  /** Of what has one effect, however often it is sent. */
  readonly name?: string;
  readonly times: number;
  readonly send: (client: ApiClient) => Promise<unknown>;
}

interface Scene {
  readonly random: Prng;
  readonly market: Market;
  readonly account: string;
  readonly orders: readonly Order[];
  readonly positions: readonly Position[];
  readonly freeMargin: number;
}

type Body = Parameters<ApiClient['placeOrder']>[0];

/** Of prices and of quantities. */
const digits: Readonly<Record<Asset, readonly [number, number]>> = {
  BTC_USDC: [1, 5],
  ETH_USDC: [2, 4],
  SOL_USDC: [2, 2],
  BNB_USDC: [2, 3],
  DOGE_USDC: [5, 0],
};
const LEVERAGE = 20;
const AT_ONCE = 50;
/** Most trade this one, so that what one quote sets off is much. */
const FAVOURITE: Asset = 'SOL_USDC';

/** Biased to what matters: near the margin, levels near the price, partial closes, names that come again. */
export function makeMove(scene: Scene): Move {
  const { random, orders, positions } = scene;
  const kind = random.weighted({
    market: 30,
    pending: 18,
    again: 10,
    otherBody: 4,
    atOnce: 1,
    close: positions.length === 0 ? 0 : 16,
    closeAll: positions.length === 0 ? 0 : 2,
    levels: positions.length === 0 ? 0 : 8,
    modify: orders.length === 0 ? 0 : 5,
    cancel: orders.length === 0 ? 0 : 8,
    cancelAll: orders.length === 0 ? 0 : 1,
    transfer: 8,
  });
  switch (kind) {
    case 'market':
      return placing(marketOrder(scene), 1);
    case 'pending':
      return placing(pendingOrder(scene), 1);
    case 'again':
      return placing(random.chance(0.5) ? marketOrder(scene) : pendingOrder(scene), random.between(2, 4));
    case 'atOnce':
      return placing(marketOrder(scene), AT_ONCE);
    case 'otherBody':
      return otherBody(marketOrder(scene));
    case 'close':
      return closing(scene, random.pick(positions));
    case 'closeAll':
      return of((client) =>
        client.closeAllPositions({ accountId: scene.account, ...(random.chance(0.5) && { asset: FAVOURITE }) }),
      );
    case 'levels':
      return levels(scene, random.pick(positions));
    case 'modify':
      return modifying(scene, random.pick(orders));
    case 'cancel': {
      const { id } = random.pick(orders);
      return of((client) => client.cancelOrder(id));
    }
    case 'cancelAll':
      return of((client) => client.cancelAllOrders({ accountId: scene.account }));
    case 'transfer':
      return transfer(scene);
  }
}

function of(send: Move['send'], times = 1): Move {
  return { times, send };
}

function placing(body: Body, times: number): Move {
  return { name: body.clientOrderId, times, send: (client) => client.placeOrder(body) };
}

/** The same name with other words, once the first has been answered. */
function otherBody(body: Body): Move {
  const other = { ...body, side: body.side === 'buy' ? ('sell' as const) : ('buy' as const) };
  return {
    name: body.clientOrderId,
    times: 1,
    send: async (client) => {
      await client.placeOrder(body);
      await client.placeOrder(other).catch(() => undefined);
    },
  };
}

function marketOrder(scene: Scene): Body {
  const { random } = scene;
  const { asset, price, quantity, common } = orderOf(scene);
  const away = random.between(1, 40) / 10_000;
  const isBuy = common.side === 'buy';
  return {
    ...common,
    type: 'market',
    quantity,
    ...(random.chance(0.3) && { stopLoss: text(asset, price * (isBuy ? 1 - away - 0.001 : 1 + away + 0.001)) }),
    ...(random.chance(0.3) && { takeProfit: text(asset, price * (isBuy ? 1 + away + 0.001 : 1 - away - 0.001)) }),
    ...(random.chance(0.2) && { trailingDistance: text(asset, price * (away + 0.0005)) }),
    ...(random.chance(0.2) && { seenPrice: text(asset, price), maxSlippage: text(asset, price * 0.0005) }),
  };
}

function pendingOrder(scene: Scene): Body {
  const { random } = scene;
  const { asset, price, quantity, common } = orderOf(scene);
  const type = random.pick(['limit', 'limit', 'stop', 'stop-limit'] as const);
  const away = random.between(5, 60) / 10_000;
  const above = common.side === 'buy' ? 1 : -1;
  const limit = text(asset, price * (1 - above * away));
  const stop = text(asset, price * (1 + above * away));
  return {
    ...common,
    type,
    quantity,
    ...(type === 'limit' && { limitPrice: limit }),
    ...(type !== 'limit' && { stopPrice: stop }),
    ...(type === 'stop-limit' && { limitPrice: stop }),
    ...(random.chance(0.2) && { timeInForce: 'gtd' as const, expiresAt: Date.now() + random.between(500, 3_000) }),
  };
}

/** Most of them take a good part of the margin that is free, some more than that. */
function orderOf(scene: Scene) {
  const { random, market, account, freeMargin } = scene;
  const asset = random.chance(0.6) ? FAVOURITE : random.pick(assets);
  const price = market.mid(asset);
  const part = random.weighted({ small: 5, large: 3, all: 2, tooMuch: 1 });
  const share = { small: 0.03, large: 0.4, all: 0.97, tooMuch: 1.3 }[part];
  const size = (Math.max(freeMargin, 100) * LEVERAGE * share * random.between(50, 100)) / 100 / price;
  const common = {
    accountId: account,
    clientOrderId: randomUUID(),
    asset,
    side: random.pick(['buy', 'sell'] as const),
  };
  return { asset, price, quantity: quantityOf(asset, size), common };
}

function closing({ random }: Scene, { id, asset, quantity }: Position): Move {
  const clientRequestId = randomUUID();
  const half = quantityOf(asset as Asset, Number(quantity) * random.fraction());
  const body = { clientRequestId, ...(random.chance(0.5) && Number(half) < Number(quantity) && { quantity: half }) };
  return {
    name: `close ${clientRequestId}`,
    times: random.chance(0.3) ? 3 : 1,
    send: (client) => client.closePosition(id, body),
  };
}

function levels({ random, market }: Scene, { id, asset, side }: Position): Move {
  const known = asset as Asset;
  const [price, away] = [market.mid(known), random.between(5, 40) / 10_000];
  const below = side === 'long' ? 1 : -1;
  const body = {
    stopLoss: random.chance(0.2) ? null : text(known, price * (1 - below * away)),
    ...(random.chance(0.5) && { takeProfit: text(known, price * (1 + below * away)) }),
    ...(random.chance(0.3) && { trailingDistance: text(known, price * away) }),
  };
  return of((client) => client.modifyPosition(id, body));
}

function modifying({ random, market }: Scene, { id, asset, type, side }: Order): Move {
  const known = asset as Asset;
  const away = (random.between(5, 60) / 10_000) * (side === 'buy' ? 1 : -1);
  const price = market.mid(known);
  const body =
    type === 'limit' ? { limitPrice: text(known, price * (1 - away)) } : { stopPrice: text(known, price * (1 + away)) };
  return of((client) => client.modifyOrder(id, body));
}

function transfer({ random, account }: Scene): Move {
  const clientRequestId = randomUUID();
  const body = { clientRequestId, amount: `${random.between(1, 500)}.${random.between(10, 99)}` };
  const times = random.chance(0.3) ? random.between(2, 5) : 1;
  const isDeposit = random.chance(0.6);
  return {
    name: clientRequestId,
    times,
    send: (client) => (isDeposit ? client.deposit(account, body) : client.withdraw(account, body)),
  };
}

function text(asset: Asset, price: number): string {
  return price.toFixed(digits[asset][0]);
}

function quantityOf(asset: Asset, size: number): string {
  const [, decimals] = digits[asset];
  const least = Number((10 / 10 ** decimals).toFixed(decimals));
  return Math.max(least, size).toFixed(decimals);
}
