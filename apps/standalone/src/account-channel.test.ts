import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { type Browser, until } from '@repo/api-server/testing';
import { type AccountState, type AccountUpdate, type Order, type ServerFrame, ServerFrameSchema } from '@repo/schemas';
import { startTradingStack, type TradingStack } from './testing/start-trading-stack.ts';

const ASSET = 'SOL_USDC';

type AccountFrame = Extract<ServerFrame, { data: { account: unknown } }>;

/** A connection that keeps what it is told, and believes it. */
class Watcher {
  readonly frames: AccountFrame[] = [];
  readonly errors: string[] = [];
  closeCode: number | undefined;
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;

  constructor(stack: TradingStack, browser: Browser) {
    const headers = { origin: stack.origin, cookie: browser.cookieHeader };
    // Node's takes headers, which a browser's does not.
    this.#socket = new WebSocket(stack.wsUrl, { headers });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.#socket.addEventListener('open', () => resolve());
    this.#socket.addEventListener('close', ({ code }) => {
      this.closeCode = code;
    });
    this.#socket.addEventListener('message', ({ data }) => {
      const frame = ServerFrameSchema.parse(JSON.parse(String(data)));
      if (frame.type === 'error') this.errors.push(frame.code);
      else if ('data' in frame && 'account' in frame.data) this.frames.push(frame as AccountFrame);
    });
  }

  async subscribe(channel = 'account'): Promise<void> {
    await this.#opened;
    this.#socket.send(JSON.stringify({ op: 'subscribe', channels: [channel] }));
  }

  get updates(): readonly AccountUpdate[] {
    return this.frames.filter(({ type }) => type === 'update').map(({ data }) => data as AccountUpdate);
  }

  get notices(): readonly string[] {
    return this.updates.flatMap(({ notices }) => notices.map(({ type }) => type));
  }

  /** What the frames add up to; fails on a gap. */
  state(): AccountState {
    let sequence: number | undefined;
    let state: AccountState | undefined;
    for (const { type, sequence: next, data } of this.frames) {
      if (type === 'update') assert.equal(next, (sequence ?? Number.NaN) + 1, 'a gap');
      sequence = next;
      const known = type === 'update' && state !== undefined ? state : { orders: [], positions: [] };
      state = {
        account: data.account,
        orders: upsert(known.orders, data.orders, ({ status }) => status === 'accepted'),
        positions: upsert(known.positions, data.positions, ({ quantity }) => Number(quantity) > 0),
      };
    }
    return state ?? assert.fail('no frame');
  }

  close(): void {
    this.#socket.close();
  }
}

function upsert<Item extends { readonly id: string }>(
  known: readonly Item[],
  changed: readonly Item[],
  isThere: (item: Item) => boolean,
): Item[] {
  const items = new Map([...known, ...changed].map((item) => [item.id, item]));
  return [...items.values()].filter(isThere);
}

/** The gain of a position is told with the account's alone while prices move. */
function settled({ account, orders, positions }: AccountState) {
  return { account, orders, positions: positions.map((position) => ({ ...position, unrealizedPnl: '' })) };
}

let stack: TradingStack;
let ada: Browser;
let watcher: Watcher;

before(async () => {
  stack = await startTradingStack({ ORDERS_PER_SECOND: '100000' });
  await stack.price(ASSET, '99.99', '100.01');
  ada = await stack.signedUp('ada@example.com');
  watcher = new Watcher(stack, ada);
  await watcher.subscribe();
  await until(() => watcher.frames.length > 0);
});
after(async () => {
  watcher.close();
  await stack.stop();
});

async function place(order: object): Promise<Order> {
  const body = { clientOrderId: randomUUID(), asset: ASSET, side: 'buy', type: 'market', quantity: '1', ...order };
  const answer = await ada.post('/api/v1/orders', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return (answer.body as { order: Order }).order;
}

const told = (one: (update: AccountUpdate) => boolean) => until(() => watcher.updates.some(one));

it('begins with the account as it was opened', () => {
  const [snapshot] = watcher.frames;
  assert.equal(snapshot?.type, 'snapshot');
  assert.equal(snapshot?.data.account.balance, '10000.00');
});

it('tells an order accepted, one filled, and the stop loss that closes it', async () => {
  const pending = await place({ type: 'limit', limitPrice: '90.00', quantity: '2' });
  await told(({ orders }) => orders.some(({ id, status }) => id === pending.id && status === 'accepted'));
  const filled = await place({ stopLoss: '98.00', trailingDistance: '5.00' });
  await told(
    ({ orders, fills, positions }) =>
      orders.some(({ id, status }) => id === filled.id && status === 'filled') &&
      fills.some(({ orderId }) => orderId === filled.id) &&
      positions.some(({ stopLoss }) => stopLoss === '98.00'),
  );
  await stack.price(ASSET, '101.50', '101.52');
  await told(
    ({ positions, fills }) => fills.length === 0 && positions.some(({ trailingStop }) => trailingStop === '96.50'),
  );
  await stack.price(ASSET, '97.90', '97.92');
  await told(
    ({ fills, positions }) => fills.some(({ rule }) => rule === 'stop-loss') && positions[0]?.quantity === '0.00',
  );
  assert.deepEqual(
    watcher.state().orders.map(({ id }) => id),
    [pending.id],
  );
});

it('tells a margin call, a stop-out and what it closed and cancelled', async () => {
  await stack.price(ASSET, '99.99', '100.01');
  await place({ quantity: '1800' });
  await stack.price(ASSET, '99.20', '99.22');
  await until(() => watcher.notices.includes('margin-called'));
  assert.equal(watcher.state().account.isMarginCalled, true);
  await stack.price(ASSET, '96.00', '96.02');
  await until(() => watcher.notices.includes('stopped-out'));
  await told(
    ({ fills, orders }) =>
      fills.some(({ rule }) => rule === 'stop-out') && orders.some(({ endReason }) => endReason === 'stop-out'),
  );
  const notice = watcher.updates.flatMap(({ notices }) => notices).find(({ type }) => type === 'stopped-out');
  assert.ok(Number(notice?.figures.marginLevel) <= 50, JSON.stringify(notice));
});

it('adds up to what a new subscriber is told, without a gap', async () => {
  await place({ quantity: '3', takeProfit: '150.00' });
  await place({ quantity: '2', side: 'sell' });
  await place({ type: 'stop', stopPrice: '120.00' });
  await until(() => watcher.state().orders.length === 1 && watcher.state().positions.length === 2);
  const { account } = watcher.state();
  const fresh = new Watcher(stack, ada);
  await fresh.subscribe(`account:${account.id}`);
  await until(() => fresh.frames.length > 0);
  assert.deepEqual(settled(watcher.state()), settled(fresh.state()));
  fresh.close();
});

it('is nobody else’s', async () => {
  const bob = await stack.signedUp('bob@example.com');
  const other = new Watcher(stack, bob);
  await other.subscribe();
  await other.subscribe(`account:${watcher.state().account.id}`);
  await until(() => other.frames.length > 0 && other.errors.length > 0);
  assert.deepEqual(other.errors, ['unknown-account']);
  const before = watcher.frames.length;
  await place({});
  await until(() => watcher.frames.length > before);
  assert.ok(other.frames.every(({ data }) => data.account.id !== watcher.state().account.id));
  assert.equal(other.updates.length, 0);
  other.close();
});

it('goes on through an engine that stops; without the database only what is held already is told', async () => {
  await stack.stopEngine();
  await stack.startEngine();
  // A new engine believes no price that it has not heard.
  await stack.price(ASSET, '96.00', '96.02');
  const filled = await place({});
  await told(({ fills }) => fills.some(({ orderId }) => orderId === filled.id));
  const mine = `account:${watcher.state().account.id}`;
  const carol = new Watcher(stack, await stack.signedUp('carol@example.com'));
  const late = new Watcher(stack, ada);
  await Promise.all([carol.subscribe('prices'), late.subscribe('prices')]);
  await stack.database.stopServer();
  await Promise.all([carol.subscribe(), late.subscribe(mine)]);
  await until(() => carol.errors.length > 0 && late.frames.length > 0);
  assert.deepEqual([carol.errors, carol.frames, late.errors], [['service-unavailable'], [], []]);
  await stack.database.startServer();
  await until(async () => {
    if (carol.frames.length === 0) await carol.subscribe();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return carol.frames.length > 0;
  });
  for (const one of [carol, late]) one.close();
});

it('ends with the session', async () => {
  const answer = await ada.post('/api/v1/logout', {});
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  const loggedOutAt = performance.now();
  await until(() => watcher.closeCode !== undefined);
  assert.equal(watcher.closeCode, 4401);
  assert.ok(performance.now() - loggedOutAt < 2_000);
});
