import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createApiClient } from './api-client.ts';
import { ApiError, NetworkError } from './errors.ts';
import { everyItem } from './every-item.ts';

const accountId = '6f2c1c1e-8d3e-4b0a-9a55-0d4f7f0a2b11';
const at = 1_760_297_791_517;
const account = {
  id: accountId,
  mode: 'hedging',
  profile: 'professional',
  currency: 'USD',
  openedAt: at,
  balance: '10000.00',
  unrealizedPnl: '0.00',
  equity: '10000.00',
  usedMargin: '0.00',
  freeMargin: '10000.00',
  marginLevel: null,
  isMarginCalled: false,
  isPriced: true,
};
const order = {
  id: '7-1',
  accountId,
  clientOrderId: 'first',
  asset: 'SOL_USDC',
  side: 'buy',
  type: 'limit',
  status: 'accepted',
  quantity: '1',
  limitPrice: '100',
  timeInForce: 'gtc',
  isTriggered: false,
  acceptedAt: at,
};
const fill = {
  id: '7-3',
  accountId,
  orderId: '7-1',
  positionId: '7-2',
  asset: 'SOL_USDC',
  side: 'buy',
  quantity: '1',
  price: '100',
  rule: 'market',
  quote: { bid: '99.99', ask: '100', sequence: 5, at, source: 'simulated' },
  realizedPnl: '0',
  commission: '0.05',
  at,
};
const position = {
  id: '7-2',
  accountId,
  asset: 'SOL_USDC',
  side: 'long',
  quantity: '1',
  openPrice: '100',
  margin: '50',
  swap: '0',
  commission: '0.05',
  unrealizedPnl: '-0.01',
  openedAt: at,
};
const commission = { notional: '100', ratePercent: '0.05', minimum: '0.01', result: '0.05' };
const statement = {
  accountId,
  currency: 'USD',
  from: 1,
  to: 2,
  openingBalance: '0',
  closingBalance: '0',
  totals: {
    deposits: '0',
    withdrawals: '0',
    realizedPnl: '0',
    commission: '0',
    swap: '0',
    adjustments: '0',
    writeOffs: '0',
  },
  entries: [],
};
const moved = { transactionId: '7-9', amount: '5', at };
const placed = { order, fills: [fill], positions: [] };
const empty = { items: [], nextCursor: null };
const transfer = { clientRequestId: 't', amount: '5' };
const newOrder = {
  clientOrderId: 'first',
  asset: 'SOL_USDC',
  side: 'buy',
  type: 'limit',
  quantity: '1',
  limitPrice: '100',
} as const;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe('the trading client', () => {
  let server: Server;
  let client: ApiClient;
  let requests: { line: string; body: string }[];
  /** Of the request with this number, from 0; without one the connection is cut. */
  let answer: (line: string, number: number) => Answer | undefined;

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => void serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = createApiClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const line = `${request.method} ${request.url}`;
    requests.push({ line, body });
    const given = answer(line, requests.length - 1);
    if (given === undefined) return void request.socket.destroy();
    response.writeHead(given.status);
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  }

  const problem = (status: number, code: string, more: object = {}): Answer => ({
    status,
    body: { type: 'about:blank', title: 'No.', status, code, ...more },
  });
  const unavailable = problem(503, 'service-unavailable');

  it('knows every route', async () => {
    const calls: [line: string, call: () => Promise<unknown>, answer: unknown][] = [
      ['GET /profiles', () => client.profiles(), { items: [] }],
      ['GET /accounts', () => client.accounts(), { items: [account] }],
      ['POST /accounts', () => client.openAccount({ clientRequestId: 'a' }), account],
      [`GET /account?accountId=${accountId}`, () => client.account({ accountId }), account],
      [`POST /accounts/${accountId}/deposits`, () => client.deposit(accountId, transfer), moved],
      [`POST /accounts/${accountId}/withdrawals`, () => client.withdraw(accountId, transfer), moved],
      ['POST /orders', () => client.placeOrder(newOrder), placed],
      ['GET /orders/7-1', () => client.order('7-1'), order],
      ['GET /orders?status=open&limit=5', () => client.orders({ status: 'open', limit: 5 }), empty],
      ['PATCH /orders/7-1', () => client.modifyOrder('7-1', { stopLoss: null }), { order }],
      ['DELETE /orders/7-1', () => client.cancelOrder('7-1'), { order }],
      ['POST /orders/cancel-all', () => client.cancelAllOrders({ accountId }), { orderIds: ['7-1'] }],
      [`GET /positions?accountId=${accountId}`, () => client.positions({ accountId }), { items: [position] }],
      ['GET /positions/closed', () => client.closedPositions(), empty],
      ['PATCH /positions/7-2', () => client.modifyPosition('7-2', { stopLoss: '90' }), { position }],
      ['POST /positions/7-2/close', () => client.closePosition('7-2'), { fills: [fill], positions: [] }],
      ['POST /positions/close-all', () => client.closeAllPositions(), { fills: [], positions: [], remaining: [] }],
      ['GET /fills?cursor=c%2B1', () => client.fills({ cursor: 'c+1' }), empty],
      [
        'GET /fills/7-3/explanation',
        () => client.explainFill('7-3'),
        { fill, filledAt: 'ask', commission, sentences: ['So.'] },
      ],
      ['GET /ledger', () => client.ledger(), empty],
      ['GET /statement?from=1&to=2', () => client.statement({ from: 1, to: 2 }), statement],
      ['GET /statement.csv', () => client.statementCsv(), 'time,amount\n'],
    ];
    for (const [line, call, body] of calls) {
      answer = () => ({ status: 200, body });
      assert.deepEqual(await call(), body, line);
      assert.equal(requests.at(-1)?.line.replace('/api/v1', ''), line);
    }
    const bodies = requests.map(({ line, body }) => [line.split('/api/v1')[1], body]);
    assert.deepEqual(JSON.parse(Object.fromEntries(bodies)['/orders']), newOrder);
  });

  it('hands on the figures of a refusal, and whether to try later', async () => {
    answer = () => problem(422, 'price-not-live', { figures: { asset: 'SOL_USDC', ageMs: 9_000 }, canRetry: true });
    await assert.rejects(client.placeOrder(newOrder, { retryForMs: 5_000 }), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.code, error.canRetry], ['price-not-live', true]);
      assert.deepEqual(error.figures, { asset: 'SOL_USDC', ageMs: 9_000 });
      return true;
    });
    assert.equal(requests.length, 1);
    answer = () => problem(404, 'not-found');
    await assert.rejects(client.order('7-9'), (error) => {
      assert.ok(error instanceof ApiError);
      return !error.canRetry && Object.keys(error.figures).length === 0;
    });
  });

  it('sends an order again, word for word, until there is an answer', async () => {
    answer = (_, number) =>
      [undefined, unavailable, { status: 502, body: '<html>' }, { status: 201, body: placed }][number];
    assert.deepEqual(await client.placeOrder(newOrder, { retryForMs: 10_000 }), placed);
    assert.equal(requests.length, 4);
    assert.equal(new Set(requests.map(({ body }) => body)).size, 1);
  });

  it('sends nothing twice unless told, nor after the time', async () => {
    answer = () => undefined;
    await assert.rejects(client.placeOrder(newOrder), NetworkError);
    assert.equal(requests.length, 1);
    answer = () => unavailable;
    await assert.rejects(client.deposit(accountId, transfer, { retryForMs: 150 }), {
      code: 'service-unavailable',
    });
    assert.ok(requests.length < 20);
  });

  it('never sends what has no name twice', async () => {
    answer = () => unavailable;
    await assert.rejects(client.closePosition('7-2', {}, { retryForMs: 5_000 }), { code: 'service-unavailable' });
    assert.equal(requests.length, 1);
    answer = (_, number) => (number < 3 ? unavailable : { status: 200, body: { fills: [], positions: [] } });
    await client.closePosition('7-2', { clientRequestId: 'c' }, { retryForMs: 5_000 });
    assert.equal(requests.length, 4);
  });

  it("stops trying on the caller's word", async () => {
    const stop = new AbortController();
    const reason = new Error('left the page');
    answer = () => {
      setTimeout(() => stop.abort(reason), 5);
      return unavailable;
    };
    await assert.rejects(client.placeOrder(newOrder, { retryForMs: 60_000, signal: stop.signal }), reason);
  });

  it('reads a list to its end', async () => {
    answer = (line) =>
      line.includes('cursor=second')
        ? { status: 200, body: { items: [{ ...order, id: '7-3' }], nextCursor: null } }
        : { status: 200, body: { items: [order, { ...order, id: '7-2' }], nextCursor: 'second' } };
    const ids: string[] = [];
    for await (const { id } of everyItem(client.orders, { asset: 'SOL_USDC' })) ids.push(id);
    assert.deepEqual(ids, ['7-1', '7-2', '7-3']);
    assert.ok(requests.every(({ line }) => line.includes('asset=SOL_USDC')));
  });
});
