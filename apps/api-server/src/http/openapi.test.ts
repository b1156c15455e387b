import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../testing/browser.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';

const Operation = z.looseObject({
  summary: z.string(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()).optional() })),
});
const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

let api: TestApiServer;
let document: z.infer<typeof Document>;
before(async () => {
  api = await startTestApiServer();
  document = Document.parse((await new Browser(api).get('/openapi.json')).body);
});
after(() => api.stop());

test('names every endpoint', () => {
  assert.equal(document.openapi, '3.1.0');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(operations.toSorted(), [
    'delete /api/v1/api-keys/{id}',
    'delete /api/v1/orders/{id}',
    'get /api/v1/account',
    'get /api/v1/accounts',
    'get /api/v1/api-keys',
    'get /api/v1/candles',
    'get /api/v1/fills',
    'get /api/v1/fills/{id}/explanation',
    'get /api/v1/instruments',
    'get /api/v1/ledger',
    'get /api/v1/me',
    'get /api/v1/orders',
    'get /api/v1/orders/{id}',
    'get /api/v1/positions',
    'get /api/v1/positions/closed',
    'get /api/v1/prices',
    'get /api/v1/profiles',
    'get /api/v1/statement',
    'get /api/v1/statement.csv',
    'get /api/v1/statement.html',
    'get /dev/mailbox',
    'get /healthz',
    'get /readyz',
    'patch /api/v1/orders/{id}',
    'patch /api/v1/positions/{id}',
    'post /api/v1/accounts',
    'post /api/v1/accounts/{id}/deposits',
    'post /api/v1/accounts/{id}/withdrawals',
    'post /api/v1/api-keys',
    'post /api/v1/logout',
    'post /api/v1/orders',
    'post /api/v1/orders/cancel-all',
    'post /api/v1/positions/close-all',
    'post /api/v1/positions/{id}/close',
    'post /api/v1/refresh',
    'post /api/v1/resend-otp',
    'post /api/v1/signin',
    'post /api/v1/signup',
    'post /api/v1/verify-otp',
  ]);
});

test('every endpoint says what it refuses', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(methods)) {
      const problems = Object.entries(responses).filter(([, { content }]) => content?.['application/problem+json']);
      const statuses = problems.map(([status]) => status);
      const expected = requestBody === undefined ? ['500'] : ['400', '403', '413', '415', '422', '500'];
      for (const status of expected) assert.ok(statuses.includes(status), `${method} ${path} ${status}`);
    }
  }
});

test('what a session opens a key opens too, but making keys', () => {
  const byScope = Map.groupBy(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, responses }]) => ({ path, method, security, responses })),
    ),
    ({ security }) => JSON.stringify(security),
  );
  const pathsOf = (security: object) => byScope.get(JSON.stringify(security))?.map(({ path }) => path) ?? [];
  assert.deepEqual([...new Set(pathsOf([{ session: [] }]))], ['/api/v1/api-keys', '/api/v1/api-keys/{id}']);
  const readers = byScope.get(JSON.stringify([{ session: [] }, { apiKey: ['read'] }])) ?? [];
  const traders = byScope.get(JSON.stringify([{ session: [] }, { apiKey: ['trade'] }])) ?? [];
  assert.ok(readers.length > 0 && readers.every(({ method }) => method === 'get'));
  assert.ok(traders.length > 0 && traders.every(({ method }) => method !== 'get'));
  for (const { path, responses } of [...readers, ...traders]) {
    assert.match(String(responses['401']?.description), /`signature-incorrect`/, path);
    assert.match(String(responses['403']?.description), /`scope-missing`/, path);
    assert.match(String(responses['429']?.description), /`too-many-requests`/, path);
  }
});

test('every reference leads somewhere, and every component is referred to', () => {
  const text = JSON.stringify(document);
  const names = new Set(Array.from(text.matchAll(/"#\/components\/schemas\/([^"]+)"/g), ([, name]) => name ?? ''));
  assert.deepEqual([...names].toSorted(), Object.keys(document.components.schemas).toSorted());
});

test('the readable page works under its own policy', async () => {
  const page = await fetch(`${api.url}/docs`);
  const html = await page.text();
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(?:;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(html, /<script>[^<]/, 'no inline script, which the policy would stop');
  for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const part = await fetch(new URL(path, `${api.url}/docs`));
    await part.arrayBuffer();
    assert.equal(part.status, 200, path);
  }
});
