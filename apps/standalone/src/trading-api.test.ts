import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Answer, type Browser, codeOf, until } from '@repo/api-server/testing';
import { accounts, orders as ordersTable, positions as positionsTable } from '@repo/db';
import type { Account, Fill, Order, OrderPlaced, Position, Problem } from '@repo/schemas';
import { startTradingStack, type TradingStack } from './testing/start-trading-stack.ts';

const ASSET = 'SOL_USDC';

let stack: TradingStack;
let ada: Browser;
let people = 0;

before(async () => {
  stack = await startTradingStack({ ORDERS_PER_SECOND: '100000', TRADE_TIMEOUT_MS: '1500' });
  await stack.price(ASSET, '99.99', '100.01');
  await stack.price('BTC_USDC', '60000', '60000.1');
  ada = await newcomer();
});
after(() => stack.stop());

/** Somebody who has just signed up, and can trade. */
async function newcomer(): Promise<Browser> {
  people += 1;
  const browser = await stack.signedUp(`user-${people}@example.com`);
  await until(async () => (await accountsOf(browser)).length > 0);
  return browser;
}

async function userIdOf(browser: Browser): Promise<string> {
  return ((await browser.get('/api/v1/me')).body as { user: { id: string } }).user.id;
}

async function accountsOf(browser: Browser): Promise<(typeof accounts.$inferSelect)[]> {
  const userId = await userIdOf(browser);
  const all = await stack.books.db.select().from(accounts).orderBy(accounts.openedAt);
  return all.filter((account) => account.userId === userId);
}

async function countOrders(clientOrderId: string): Promise<number> {
  const all = await stack.books.db.select().from(ordersTable);
  return all.filter((order) => order.clientOrderId === clientOrderId).length;
}

const name = () => randomUUID();
const place = (browser: Browser, order: object) =>
  browser.post('/api/v1/orders', { clientOrderId: name(), asset: ASSET, ...order });
const placed = async (browser: Browser, order: object): Promise<OrderPlaced> => {
  const answer = await place(browser, order);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body as OrderPlaced;
};
const market = { side: 'buy', type: 'market', quantity: '1' };
const bought = async (browser: Browser, order: object = {}) => {
  const { positions } = await placed(browser, { ...market, ...order });
  assert.ok(positions[0]);
  return positions[0].id;
};

function isRefused(answer: Answer, status: number, code: string, figures?: Problem['figures']): void {
  assert.equal(codeOf(answer), code, JSON.stringify(answer.body));
  assert.equal(answer.status, status);
  const problem = answer.body as Problem;
  if (figures !== undefined) assert.deepEqual(problem.figures, figures);
}

describe('accounts', () => {
  it('one is there after the sign-up, with the demo’s money in it', async () => {
    const found = await accountsOf(ada);
    assert.equal(found.length, 1);
    assert.deepEqual(
      [found[0]?.mode, found[0]?.profile, found[0]?.balance],
      ['hedging', 'professional', 10_000_000_000],
    );
  });

  it('further ones are opened by name, ten at most, however many ask at once', async () => {
    const browser = await newcomer();
    const body = { clientRequestId: 'second', mode: 'netting', profile: 'esma' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.post('/api/v1/accounts', body)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    const opened = answers.map((answer) => answer.body as Account);
    assert.equal(new Set(opened.map(({ id }) => id)).size, 1);
    assert.equal(opened[0]?.balance, '0.00');
    assert.deepEqual([opened[0]?.mode, opened[0]?.profile], ['netting', 'esma']);
    const other = await browser.post('/api/v1/accounts', { clientRequestId: 'second', mode: 'hedging' });
    isRefused(other, 422, 'duplicate-client-request-id', { clientRequestId: 'second' });

    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) => browser.post('/api/v1/accounts', { clientRequestId: `more-${index}` })),
    );
    assert.equal(many.filter(({ status }) => status === 201).length, 8);
    isRefused(many.find(({ status }) => status !== 201) as Answer, 422, 'accounts-limit', { accounts: 10, max: 10 });
    assert.equal((await accountsOf(browser)).length, 10);
  });

  it('money goes in and out once for each name', async () => {
    const browser = await newcomer();
    const [account] = await accountsOf(browser);
    const path = (kind: string) => `/api/v1/accounts/${account?.id}/${kind}`;
    const deposit = { clientRequestId: 'd', amount: '250.5' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(path('deposits'), deposit)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1, 'one answer for all');
    assert.equal((answers[0] as Answer & { body: { amount: string } }).body.amount, '250.50');
    assert.equal((await accountsOf(browser))[0]?.balance, 10_250_500_000);
    isRefused(
      await browser.post(path('deposits'), { ...deposit, amount: '250.51' }),
      422,
      'duplicate-client-request-id',
    );

    const withdrawal = { clientRequestId: 'w', amount: '20000' };
    const refused = { amount: '20000.00', balance: '10250.50' };
    isRefused(await browser.post(path('withdrawals'), withdrawal), 422, 'insufficient-balance', refused);
    await browser.post(path('deposits'), { clientRequestId: 'd2', amount: '9749.5' });
    const first = await browser.post(path('withdrawals'), withdrawal);
    assert.equal(first.status, 201, 'a refusal has not used the name up');
    assert.deepEqual((await browser.post(path('withdrawals'), withdrawal)).body, first.body);
    assert.equal((await accountsOf(browser))[0]?.balance, 0);
  });

  it('demo money has limits, also for deposits at once', async () => {
    const browser = await newcomer();
    const [account] = await accountsOf(browser);
    const deposit = (amount: string) =>
      browser.post(`/api/v1/accounts/${account?.id}/deposits`, { clientRequestId: name(), amount });
    isRefused(await deposit('1000000.000001'), 422, 'deposit-limit', { amount: '1000000.000001', max: '1000000.00' });
    const answers = await Promise.all(Array.from({ length: 12 }, () => deposit('1000000')));
    assert.equal(answers.filter(({ status }) => status === 201).length, 9);
    isRefused(answers.find(({ status }) => status !== 201) as Answer, 422, 'deposit-limit', {
      amount: '1000000',
      balance: '9010000.00',
      max: '10000000.00',
    });
    isRefused(await deposit('0'), 422, 'invalid-command');
    isRefused(await deposit('-5'), 422, 'invalid-command');
    isRefused(await deposit('0.0000001'), 422, 'invalid-command');
  });
});

describe('orders', () => {
  it('a market order is filled, with its fill and what it opened', async () => {
    const { order, fills, positions } = await placed(ada, { ...market, stopLoss: '90', takeProfit: '120.5' });
    assert.deepEqual(
      [order.status, order.quantity, order.stopLoss, order.takeProfit, order.timeInForce],
      ['filled', '1.00', '90.00', '120.50', 'ioc'],
    );
    assert.equal(fills.length, 1);
    const [fill] = fills as [Fill];
    assert.deepEqual(
      [fill.orderId, fill.price, fill.quantity, fill.side, fill.rule, fill.commission, fill.realizedPnl],
      [order.id, '100.01', '1.00', 'buy', 'market', '0.050005', '0.00'],
    );
    assert.deepEqual(positions, [
      { id: fill.positionId, asset: ASSET, side: 'long', quantity: '1.00', openPrice: '100.01' },
    ]);
  });

  it('limit, stop and stop-limit orders are accepted, changed and cancelled', async () => {
    const kinds = [
      { side: 'buy', type: 'limit', limitPrice: '90' },
      { side: 'sell', type: 'stop', stopPrice: '90' },
      { side: 'buy', type: 'stop-limit', stopPrice: '110', limitPrice: '111' },
    ];
    for (const kind of kinds) {
      const { order, fills, positions } = await placed(ada, { ...kind, quantity: '2' });
      assert.deepEqual([order.status, fills, positions], ['accepted', [], []]);
      const changed = await ada.patch(`/api/v1/orders/${order.id}`, { quantity: '2.5', takeProfit: '200' });
      if (kind.side === 'sell') isRefused(changed, 422, 'level-on-wrong-side');
      else {
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        assert.deepEqual((changed.body as { order: Order }).order, {
          ...order,
          quantity: '2.50',
          takeProfit: '200.00',
        });
      }
      const cancelled = await ada.delete(`/api/v1/orders/${order.id}`);
      assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
      const { status, endReason } = (cancelled.body as { order: Order }).order;
      assert.deepEqual([status, endReason], ['cancelled', 'client']);
      isRefused(await ada.delete(`/api/v1/orders/${order.id}`), 422, 'order-not-open', { orderId: order.id });
    }
  });

  it('all are cancelled at once, or those in one asset', async () => {
    const browser = await newcomer();
    const waiting = async (asset: string, limitPrice: string) =>
      (await placed(browser, { asset, side: 'buy', type: 'limit', quantity: '1', limitPrice })).order.id;
    const sol = [await waiting(ASSET, '50'), await waiting(ASSET, '51')];
    const btc = await waiting('BTC_USDC', '50000');
    const cancelAll = async (body: object) =>
      ((await browser.post('/api/v1/orders/cancel-all', body)).body as { orderIds: string[] }).orderIds;
    assert.deepEqual(await cancelAll({ asset: ASSET }), sol);
    assert.deepEqual(await cancelAll({}), [btc]);
    assert.deepEqual(await cancelAll({}), []);
    isRefused(await browser.post('/api/v1/orders/cancel-all', { asset: 'NO_SUCH' }), 404, 'unknown-instrument');
  });

  it('fifty of one name at once are one order, with one answer', async () => {
    const browser = await newcomer();
    const order = { ...market, clientOrderId: 'fifty' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(browser, order)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
    const [account] = await accountsOf(browser);
    const positions = await stack.books.db.select().from(positionsTable);
    assert.equal(positions.filter(({ accountId }) => accountId === account?.id).length, 1);
    await stack.price(ASSET, '109.99', '110.01');
    assert.deepEqual((await place(browser, order)).body, answers[0]?.body, 'the first answer, at whatever price');
    assert.deepEqual((await place(browser, { ...order, quantity: '1.0' })).body, answers[0]?.body, 'the same quantity');
    const { order: first } = (answers[0] as Answer).body as OrderPlaced;
    isRefused(await place(browser, { ...order, quantity: '2' }), 422, 'duplicate-client-order-id', {
      clientOrderId: 'fifty',
      orderId: first.id,
    });
    await stack.price(ASSET, '99.99', '100.01');
    // The engine has forgotten nothing either, when it is another one.
    await stack.stopEngine();
    await stack.startEngine();
    await until(async () => (await place(browser, market)).status === 201);
    assert.deepEqual((await place(browser, order)).body, answers[0]?.body);
    assert.equal(await countOrders('fifty'), 1);
  });

  it('a refusal comes with its code and figures, and does not use the name up', async () => {
    const browser = await newcomer();
    const refusals: [order: object, status: number, code: string, figures: Problem['figures']][] = [
      [{ ...market, asset: 'NO_SUCH' }, 404, 'unknown-instrument', { asset: 'NO_SUCH' }],
      [{ ...market, quantity: '1.005' }, 422, 'quantity-not-a-step', { quantity: '1.005' }],
      [{ ...market, quantity: '0.09' }, 422, 'quantity-below-minimum', { quantity: '0.09', min: '0.10' }],
      [{ ...market, quantity: '-1' }, 422, 'quantity-below-minimum', { quantity: '-1', min: '0.10' }],
      [{ ...market, quantity: '0' }, 422, 'quantity-below-minimum', { quantity: '0', min: '0.10' }],
      [
        { ...market, quantity: '9007199254740993' },
        422,
        'quantity-above-maximum',
        { quantity: '9007199254740993', max: '10000.00' },
      ],
      [
        { ...market, stopLoss: '90.005' },
        422,
        'price-not-a-tick',
        { field: 'stopLoss', price: '90.005', min: '0.01', max: '100000.00' },
      ],
      [
        { ...market, stopLoss: '100.01' },
        422,
        'level-on-wrong-side',
        { field: 'stopLoss', level: '100.01', price: '99.99' },
      ],
      [
        { ...market, seenPrice: '100.5', maxSlippage: '0.1' },
        422,
        'slippage-exceeded',
        { seenPrice: '100.50', price: '100.01', maxSlippage: '0.10' },
      ],
      [{ ...market, quantity: '9000' }, 422, 'insufficient-margin', undefined],
      [{ ...market, limitPrice: '90' }, 422, 'invalid-command', { reason: 'limitPrice is not used' }],
      [
        { ...market, seenPrice: '100' },
        422,
        'invalid-command',
        { reason: 'seenPrice and maxSlippage go together, as whole ticks' },
      ],
      [{ ...market, asset: 'ETH_USDC' }, 422, 'price-not-live', { asset: 'ETH_USDC', status: 'down' }],
    ];
    for (const [order, status, code, figures] of refusals) {
      const answer = await place(browser, { ...order, clientOrderId: 'refused' });
      isRefused(answer, status, code, figures);
      const problem = answer.body as Problem;
      assert.equal(typeof problem.canRetry, 'boolean', code);
      assert.match(problem.detail ?? '', /^[A-Z].{10,}\.$/);
      assert.doesNotMatch(problem.detail ?? '', /unknown|undefined|null/);
    }
    const margin = (await place(browser, { ...market, quantity: '9000' })).body as Problem;
    assert.deepEqual(Object.keys(margin.figures ?? {}).sort(), [
      'commission',
      'equity',
      'freeMargin',
      'spread',
      'usedMargin',
    ]);
    assert.equal(margin.figures?.spread, '180.00');
    assert.equal((await place(browser, { ...market, clientOrderId: 'refused' })).status, 201);
  });

  it('what is no decimal, or is not asked for, is refused before anything else', async () => {
    const wrong = [
      '1e3',
      '0x10',
      '1,000',
      ' 1',
      '1 ',
      '１',
      '-0',
      'NaN',
      'Infinity',
      '',
      '.5',
      '5.',
      '+1',
      '01',
      1,
      null,
    ];
    for (const quantity of wrong) {
      isRefused(await place(ada, { ...market, quantity }), 422, 'invalid-request');
    }
    isRefused(await place(ada, { ...market, limitPrice: '1e3' }), 422, 'invalid-request');
    isRefused(await place(ada, { ...market, extra: 1 }), 422, 'invalid-request');
    isRefused(await place(ada, { ...market, userId: randomUUID() }), 422, 'invalid-request');
    isRefused(await ada.post('/api/v1/orders/cancel-all', { all: true }), 422, 'invalid-request');
    isRefused(await ada.delete('/api/v1/orders/12-1'), 422, 'invalid-request');
    isRefused(await place(ada, { ...market, accountId: 'x' }), 422, 'invalid-request');
  });
});

describe('positions', () => {
  it('levels are set and taken away', async () => {
    const id = await bought(ada);
    const path = `/api/v1/positions/${id}`;
    const answer = await ada.patch(path, { stopLoss: '90', takeProfit: '110', trailingDistance: '5' });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { position } = answer.body as { position: Position };
    assert.deepEqual(
      [position.id, position.stopLoss, position.takeProfit, position.trailingDistance, position.trailingStop],
      [id, '90.00', '110.00', '5.00', '94.99'],
    );
    assert.equal(position.unrealizedPnl, '-0.02');
    const fewer = await ada.patch(path, { stopLoss: null, trailingDistance: null });
    const { stopLoss, takeProfit, trailingDistance } = (fewer.body as { position: Position }).position;
    assert.deepEqual([stopLoss, takeProfit, trailingDistance], [undefined, '110.00', undefined]);
    isRefused(await ada.patch(path, { stopLoss: '100' }), 422, 'level-on-wrong-side', {
      field: 'stopLoss',
      level: '100.00',
      price: '99.99',
    });
  });

  it('a part is closed once for its name, the rest without one', async () => {
    const browser = await newcomer();
    const id = await bought(browser, { quantity: '3' });
    const path = `/api/v1/positions/${id}/close`;
    const part = { quantity: '1', clientRequestId: 'part' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.post(path, part)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200], JSON.stringify(answers[0]?.body));
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
    const { fills, positions } = (answers[0] as Answer).body as Pick<OrderPlaced, 'fills' | 'positions'>;
    assert.deepEqual([fills[0]?.rule, fills[0]?.quantity, fills[0]?.realizedPnl], ['close', '1.00', '-0.02']);
    assert.deepEqual(positions, [{ id, asset: ASSET, side: 'long', quantity: '2.00', openPrice: '100.01' }]);
    isRefused(await browser.post(path, { ...part, quantity: '2' }), 422, 'duplicate-client-request-id');
    isRefused(await browser.post(path, { clientRequestId: 'part' }), 422, 'duplicate-client-request-id');
    isRefused(await browser.post(path, { quantity: '2.01' }), 422, 'quantity-above-maximum', {
      quantity: '2.01',
      max: '2.00',
    });
    const rest = await browser.post(path, { clientRequestId: 'rest' });
    assert.equal((rest.body as OrderPlaced).positions[0]?.quantity, '0.00');
    assert.deepEqual((await browser.post(path, { clientRequestId: 'rest' })).body, rest.body);
    isRefused(await browser.post(path, {}), 422, 'position-not-open', { positionId: id });
  });

  it('all are closed, as far as there are prices', async () => {
    const browser = await newcomer();
    const [sol, btc] = [await bought(browser), await bought(browser, { asset: 'BTC_USDC', quantity: '0.01' })];
    await stack.price('BTC_USDC', '60000', '60000.1', 'stale');
    const closeAll = () => browser.post('/api/v1/positions/close-all', {});
    let answer = await closeAll();
    await until(async () => {
      const { remaining = [] } = answer.body as { remaining?: string[] };
      if (remaining.length > 0) return true;
      answer = await closeAll();
      return false;
    });
    const { fills, remaining } = answer.body as OrderPlaced & { remaining: string[] };
    assert.deepEqual([fills.map(({ positionId }) => positionId), remaining], [[sol], [btc]]);
    isRefused(await closeAll(), 422, 'price-not-live', { asset: 'BTC_USDC', status: 'stale' });
    await stack.price('BTC_USDC', '60000', '60000.1');
    await until(async () => (await closeAll()).status === 200);
  });
});

describe('whoever is somebody else', () => {
  it('reaches nothing, and learns nothing', async () => {
    const bob = await newcomer();
    const position = await bought(ada);
    const { order } = await placed(ada, { side: 'buy', type: 'limit', quantity: '1', limitPrice: '50' });
    const [account] = await accountsOf(ada);
    const none = '11-999999';
    for (const [orderId, positionId] of [
      [order.id, position],
      [none, none],
    ]) {
      isRefused(await bob.patch(`/api/v1/orders/${orderId}`, { quantity: '2' }), 404, 'not-found');
      isRefused(await bob.delete(`/api/v1/orders/${orderId}`), 404, 'not-found');
      isRefused(await bob.patch(`/api/v1/positions/${positionId}`, { stopLoss: '1' }), 404, 'not-found');
      isRefused(await bob.post(`/api/v1/positions/${positionId}/close`, {}), 404, 'not-found');
    }
    for (const accountId of [account?.id, randomUUID()]) {
      const transfer = { clientRequestId: name(), amount: '1' };
      isRefused(await bob.post(`/api/v1/accounts/${accountId}/deposits`, transfer), 404, 'unknown-account');
      isRefused(await bob.post(`/api/v1/accounts/${accountId}/withdrawals`, transfer), 404, 'unknown-account');
      isRefused(await place(bob, { ...market, accountId }), 404, 'unknown-account');
      isRefused(await bob.post('/api/v1/orders/cancel-all', { accountId }), 404, 'unknown-account');
      isRefused(await bob.post('/api/v1/positions/close-all', { accountId }), 404, 'unknown-account');
    }
    const nobody = bob.copy();
    nobody.cookies.clear();
    isRefused(await place(nobody, { nonsense: true }), 401, 'session-required');
    isRefused(await nobody.delete(`/api/v1/orders/${order.id}`), 401, 'session-required');
    assert.equal((await ada.delete(`/api/v1/orders/${order.id}`)).status, 200, 'it was pending all the while');
  });

  it('cannot be made to trade by another site', async () => {
    const { order } = await placed(ada, { side: 'buy', type: 'limit', quantity: '1', limitPrice: '50' });
    const path = `/api/v1/orders/${order.id}`;
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'content-type': 'text/plain' },
    ]) {
      isRefused(await ada.delete(path, headers), 403, 'origin-not-allowed');
      isRefused(await ada.patch(path, { quantity: '2' }, headers), 403, 'origin-not-allowed');
      isRefused(await ada.post('/api/v1/orders', market, headers), 403, 'origin-not-allowed');
    }
    isRefused(
      await ada.patch(path, { quantity: '2' }, { 'content-type': 'text/plain' }),
      415,
      'media-type-not-supported',
    );
    assert.equal((await ada.delete(path)).status, 200);
  });
});

describe('while the engine is away', () => {
  it('nobody knows what was done, nothing is done twice, and users sign up all the same', async () => {
    const browser = await newcomer();
    const order = { ...market, clientOrderId: 'away' };
    await stack.stopEngine();
    const answers = await Promise.all(Array.from({ length: 3 }, () => place(browser, order)));
    for (const answer of answers) {
      isRefused(answer, 503, 'service-unavailable');
      assert.match((answer.body as Problem).detail ?? '', /not known whether/);
      assert.ok(answer.headers.get('retry-after'));
    }
    const begunAt = performance.now();
    const late = await stack.signedUp('late@example.com');
    assert.ok(performance.now() - begunAt < 3_000);
    assert.equal((await accountsOf(late)).length, 0);
    isRefused(await place(late, market), 503, 'service-unavailable');

    await stack.startEngine();
    await until(async () => (await place(browser, order)).status === 201);
    assert.equal(await countOrders('away'), 1);
    await until(async () => (await place(late, market)).status === 201);
    assert.equal((await accountsOf(late)).length, 1, 'opened when it was found missing');
  });
});

describe('an account', () => {
  it('is told what to do so often in a second, and no more', async () => {
    const slow = await startTradingStack();
    try {
      await slow.price(ASSET, '99.99', '100.01');
      const browser = await slow.signedUp('hasty@example.com');
      const cancelAll = () => browser.post('/api/v1/orders/cancel-all', {});
      await until(async () => (await cancelAll()).status === 200);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const answers = await Promise.all(Array.from({ length: 40 }, cancelAll));
      assert.equal(answers.filter(({ status }) => status === 200).length, 20);
      const refused = answers.find(({ status }) => status !== 200) as Answer;
      isRefused(refused, 429, 'too-many-requests');
      assert.equal((refused.body as Problem).retryAfterSeconds, 1);
    } finally {
      await slow.stop();
    }
  });
});
