import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Browser, codeOf } from '@repo/api-server/testing';
import { type SecurityStack, startSecurityStack } from './start-security-stack.ts';

// Made from the document: an operation that takes an id, and that this does not know, fails it.

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  /** Property names of its body; undefined without one. */
  readonly bodyFields: readonly string[] | undefined;
}

/** What A has, by the segment of a path that it follows. */
type Belongings = Readonly<Record<'accounts' | 'orders' | 'positions' | 'fills' | 'api-keys', string>>;

const order = { asset: 'SOL_USDC', side: 'buy', quantity: '0.5' } as const;

/** A body that A himself would be served with. */
const bodies: Readonly<Record<string, () => object>> = {
  'POST /api/v1/accounts/{id}/deposits': () => ({ clientRequestId: 'sweep-in', amount: '5' }),
  'POST /api/v1/accounts/{id}/withdrawals': () => ({ clientRequestId: 'sweep-out', amount: '5' }),
  'POST /api/v1/orders': () => ({ ...order, type: 'market', clientOrderId: 'sweep' }),
  'PATCH /api/v1/orders/{id}': () => ({ quantity: '0.6' }),
  'POST /api/v1/orders/cancel-all': () => ({}),
  'PATCH /api/v1/positions/{id}': () => ({ trailingDistance: '5' }),
  'POST /api/v1/positions/{id}/close': () => ({ quantity: '0.1' }),
  'POST /api/v1/positions/close-all': () => ({}),
};

describe("what is another user's is not there", { timeout: 120_000 }, () => {
  let stack: SecurityStack;
  let a: Browser;
  let b: Browser;
  let belongings: Belongings;
  let attempts: { readonly operation: Operation; readonly url: string; readonly body: object | undefined }[];

  before(async () => {
    stack = await startSecurityStack({ ORDERS_PER_SECOND: '100000' });
    [a, b] = await Promise.all([stack.signedUp('ann@example.com'), stack.signedUp('bob@example.com')]);
    belongings = await acquire(a);
    const document = (await a.get('/openapi.json')).body as OpenApi;
    attempts = operationsOf(document).flatMap((operation) => attemptsAt(operation, belongings));
  });
  after(() => stack.stop());

  it('for any request that names it, and nothing of it changes', async (test) => {
    assert.ok(attempts.length >= 15, `${attempts.length} attempts`);
    const [own, before] = await Promise.all([stateOf(b), stateOf(a)]);
    for (const { operation, url, body } of attempts) {
      const answer = await send(b, operation.method, url, body);
      const said = `${operation.method} ${url} → ${answer.status} ${JSON.stringify(answer.body)}`;
      assert.ok(['not-found', 'unknown-account'].includes(codeOf(answer) ?? ''), said);
      assert.equal(answer.status, 404, said);
      for (const id of Object.values(belongings)) {
        assert.ok(!JSON.stringify(answer.body).includes(`"${id}"`), `${said} tells of ${id}`);
      }
    }
    assert.deepEqual(await stateOf(a), before);
    assert.deepEqual(await stateOf(b), own);
    test.diagnostic(`${attempts.length} requests of B for what is A's`);
  });

  it('while A himself is served by every one of them', async () => {
    // What takes away comes last.
    const order = ({ operation: { method, path } }: (typeof attempts)[number]) =>
      method === 'DELETE' ? 3 : /(?:close|all)$/.test(path) ? 2 : method === 'GET' ? 0 : 1;
    for (const { operation, url, body } of attempts.toSorted((one, other) => order(one) - order(other))) {
      const answer = await send(a, operation.method, url, body);
      const isGone = codeOf(answer) === 'order-not-open' || codeOf(answer) === 'position-not-open';
      assert.ok(
        answer.status < 300 || isGone,
        `${operation.method} ${url} → ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    }
  });

  /** One of everything. */
  async function acquire(browser: Browser): Promise<Belongings> {
    const account = await itemOf(browser, '/api/v1/accounts');
    await livePrice(browser);
    const ask = async (body: object) => {
      const answer = await browser.post('/api/v1/orders', { ...order, ...body });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    };
    await ask({ clientOrderId: 'open', type: 'market' });
    await ask({ clientOrderId: 'wait', type: 'limit', limitPrice: '1.00' });
    const key = await browser.post('/api/v1/api-keys', { name: 'sweep', scopes: ['read'], publicKey: await newKey() });
    assert.equal(key.status, 201, JSON.stringify(key.body));
    return {
      accounts: account,
      orders: await itemOf(browser, '/api/v1/orders?status=open'),
      positions: await itemOf(browser, '/api/v1/positions'),
      fills: await itemOf(browser, '/api/v1/fills'),
      'api-keys': await itemOf(browser, '/api/v1/api-keys'),
    };
  }

  /** What the books hold of a user's, without what moves with prices. */
  async function stateOf(browser: Browser): Promise<unknown> {
    const paths = ['/orders', '/fills', '/ledger', '/positions/closed', '/api-keys'];
    const lists = await Promise.all(paths.map(async (path) => (await browser.get(`/api/v1${path}`)).body));
    const { items } = (await browser.get('/api/v1/positions')).body as { items: Record<string, unknown>[] };
    return [lists, items.map(({ unrealizedPnl: _pnl, trailingStop: _stop, ...rest }) => rest)];
  }
});

async function itemOf(browser: Browser, path: string): Promise<string> {
  const { body } = await browser.get(path);
  const id = (body as { items?: { id: string }[] }).items?.[0]?.id;
  assert.ok(id !== undefined, `${path}: ${JSON.stringify(body)}`);
  return id;
}

async function livePrice(browser: Browser): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { prices } = (await browser.get('/api/v1/prices')).body as { prices: { asset: string; status: string }[] };
    if (prices.some(({ asset, status }) => asset === order.asset && status === 'live')) return;
    await sleep(50);
  }
  throw new Error(`no live price of ${order.asset}`);
}

async function newKey(): Promise<string> {
  const { publicKey: key } = (await crypto.subtle.generateKey('Ed25519', true, ['sign'])) as {
    publicKey: CryptoKey;
  };
  return Buffer.from(await crypto.subtle.exportKey('raw', key)).toString('base64url');
}

function send(browser: Browser, method: string, url: string, body: object | undefined): Promise<Answer> {
  if (method === 'GET') return browser.get(url);
  if (method === 'DELETE') return browser.delete(url);
  return method === 'PATCH' ? browser.patch(url, body) : browser.post(url, body);
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> };
}

interface OpenApiOperation {
  readonly parameters?: Operation['parameters'];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref?: string } } };
  };
}

function operationsOf({ paths, components }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const name = requestBody?.content['application/json'].schema.$ref?.split('/').at(-1) ?? '';
      const bodyFields = requestBody && Object.keys(components.schemas[name]?.properties ?? {});
      return { method: method.toUpperCase(), path, parameters, bodyFields };
    }),
  );
}

/** Every way in which an operation can name what is A's. */
function attemptsAt(operation: Operation, belongings: Belongings) {
  const { method, path, parameters, bodyFields } = operation;
  const inPath = parameters.some((parameter) => parameter.in === 'path');
  const inQuery = parameters.some(({ in: place, name }) => place === 'query' && name === 'accountId');
  const inBody = bodyFields?.includes('accountId') === true;
  if (!inPath && !inQuery && !inBody) return [];
  const filled = path.replaceAll(/\/([^/]+)\/\{[^}]+\}/g, (_, owner: string) => {
    const id = belongings[owner as keyof Belongings];
    assert.ok(id !== undefined, `this does not know what ${path} names`);
    return `/${owner}/${id}`;
  });
  const body = bodyFields === undefined ? undefined : bodies[`${method} ${path}`]?.();
  assert.ok(bodyFields === undefined || body !== undefined, `this has no body for ${method} ${path}`);
  return [
    ...(inPath ? [{ operation, url: filled, body }] : []),
    ...(inQuery ? [{ operation, url: `${filled}?accountId=${belongings.accounts}`, body }] : []),
    ...(inBody ? [{ operation, url: filled, body: { ...body, accountId: belongings.accounts } }] : []),
  ];
}
