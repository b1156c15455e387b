import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiServerConfigSchema, createMailbox, type RunningApiServer, startApiServer } from '@repo/api-server';
import { type Answer, type Browser, codeOf, sendRaw, until } from '@repo/api-server/testing';
import { createApiClient, createKeyPair, createRequestSigner } from '@repo/client';
import { createCookieJar, signUpgrade } from '@repo/client/node';
import { auditEvents, openDatabase } from '@repo/db';
import type { ApiKey, ApiKeyScope } from '@repo/schemas';
import { createLogger, loadConfig, loadSecrets } from '@repo/service';
import { password, type SecurityStack, startSecurityStack } from './start-security-stack.ts';

const limits = { API_KEY_REQUESTS_PER_SECOND: '1000', API_KEY_FAILURES_PER_10_SECONDS: '1000000' };
const changes = { API_KEY_CHANGES_PER_10_MINUTES: '1000000', ORDERS_PER_SECOND: '1000' };
const ME = '/api/v1/me';

interface Held {
  readonly id: string;
  readonly privateKey: string;
}

describe('API keys', () => {
  let stack: SecurityStack;
  let second: RunningApiServer;
  let ada: Browser;
  let eve: Browser;
  let key: Held;

  before(async () => {
    stack = await startSecurityStack({ ...limits, ...changes });
    const secrets = await loadSecrets(stack.dataDir, {});
    const config = loadConfig(apiServerConfigSchema, { ...secrets, ...limits, WEB_ORIGINS: stack.webOrigin });
    second = await startApiServer({
      config: { ...config, HTTP_PORT: 0, WS_PORT: 0 },
      logger: createLogger({ level: 'silent' }),
      kafka: stack.kafka,
      redis: stack.redis,
      database: stack.databases.apiServer,
      mailer: createMailbox(),
    });
    ada = await stack.signedUp('ada@example.com');
    eve = await stack.signedUp('eve@example.com');
    key = await newKey(ada, ['read', 'trade']);
  });
  after(async () => {
    await second.stop();
    await stack.stop();
  });

  async function newKey(owner: Browser, scopes: readonly ApiKeyScope[]): Promise<Held> {
    const { publicKey, privateKey } = await createKeyPair();
    const answer = await owner.post('/api/v1/api-keys', { name: 'bot', scopes, publicKey });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return { id: (answer.body as ApiKey).id, privateKey };
  }

  const signed = (held: Held, path = ME, method = 'GET', body?: string) =>
    createRequestSigner(held)({ method, path, ...(body !== undefined && { body }) });
  async function send(
    headers: Readonly<Record<string, string>>,
    {
      path = ME,
      method = 'GET',
      body,
      port = stack.httpPort,
    }: { path?: string; method?: string; body?: string; port?: number } = {},
  ): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const given = body === undefined ? {} : { body };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...type, ...headers },
      ...given,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
  function assertRefused(answer: Answer, what = ''): void {
    assert.equal(answer.status, 401, what);
    const { requestId: _, ...problem } = answer.body as Record<string, unknown>;
    assert.deepEqual(
      problem,
      {
        type: 'urn:cfd-broker:problem:signature-incorrect',
        title: 'The key, the signature, the time or the nonce is wrong.',
        status: 401,
        code: 'signature-incorrect',
      },
      what,
    );
    assert.deepEqual(answer.headers.getSetCookie(), [], what);
  }
  const emailOf = ({ body }: Answer) => (body as { user?: { email?: string } }).user?.email;

  /** Runs with the program's clock moved. */
  async function atTime<T>(ms: number, run: () => Promise<T>): Promise<T> {
    const now = Date.now;
    Date.now = () => now() + ms;
    try {
      return await run();
    } finally {
      Date.now = now;
    }
  }

  it('speak for their user, set no cookies and need no origin', async () => {
    const answer = await send(await signed(key));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(emailOf(answer), 'ada@example.com');
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });

  it('are good for one request each time they sign, on whatever api-server', async () => {
    const headers = await signed(key);
    assert.equal((await send(headers)).status, 200);
    assertRefused(await send(headers), 'again');
    assertRefused(await send(headers, { port: second.httpPort }), 'again, at another api-server');
    const others = await signed(key);
    assert.equal((await send(others, { port: second.httpPort })).status, 200);
    assertRefused(await send(others), 'the other way round');
  });

  it('let exactly one of a hundred replays through', async () => {
    for (let round = 0; round < 3; round += 1) {
      const headers = await signed(key);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          send(headers, { port: index % 2 ? second.httpPort : stack.httpPort }),
        ),
      );
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      for (const answer of answers) if (answer.status !== 200) assertRefused(answer);
    }
  });

  const order = { asset: 'SOL_USDC', side: 'buy', type: 'limit', quantity: '1', limitPrice: '1' };
  const newOrder = () => JSON.stringify({ clientOrderId: randomUUID(), ...order });

  it('sign the body, the path, the query and the method', async () => {
    const path = '/api/v1/orders';
    const body = newOrder();
    const altered: Record<string, Parameters<typeof send>[1]> = {
      'another body': { path, method: 'POST', body: body.replace('"1"', '"9"') },
      'a space more': { path, method: 'POST', body: `${body} ` },
      'another path': { path: '/api/v1/orders/cancel-all', method: 'POST', body },
      'a query': { path: `${path}?a=1`, method: 'POST', body },
      'another spelling of the path': { path: '/api/v1/%6frders', method: 'POST', body },
    };
    for (const [what, changed] of Object.entries(altered)) {
      assertRefused(await send(await signed(key, path, 'POST', body), changed), what);
    }
    assertRefused(await send(await signed(key, '/api/v1/orders?limit=1'), { path: '/api/v1/orders?limit=2' }));
    assertRefused(await send(await signed(key, path, 'DELETE'), { path }));
    assert.equal(
      (await send(await signed(key, '/api/v1/orders?limit=1'), { path: '/api/v1/orders?limit=1' })).status,
      200,
    );
  });

  it('place orders with the scope `trade`, and read with `read`; neither does the other', async () => {
    const place = async (held: Held) => {
      const body = newOrder();
      return send(await signed(held, '/api/v1/orders', 'POST', body), { path: '/api/v1/orders', method: 'POST', body });
    };
    const [reader, trader] = [await newKey(ada, ['read']), await newKey(ada, ['trade'])];
    const refused = await place(reader);
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'scope-missing'], JSON.stringify(refused.body));
    const unread = await send(await signed(trader));
    assert.deepEqual([unread.status, codeOf(unread)], [403, 'scope-missing']);
    let placed = await place(trader);
    // Until the engine has a live price of every asset.
    await until(async () => {
      if (placed.status >= 300) placed = await place(trader);
      return placed.status < 300;
    });
    assert.equal((await send(await signed(reader, '/api/v1/orders'), { path: '/api/v1/orders' })).status, 200);
  });

  it('are refused by another clock than the server’s', async () => {
    for (const ms of [-35_000, 35_000, -3_600_000, 3_600_000]) {
      assertRefused(await send(await atTime(ms, () => signed(key))), `${ms} ms`);
    }
    assert.equal((await send(await atTime(25_000, () => signed(key)))).status, 200);
  });

  it('do not speak for another user, nor under another id', async () => {
    const hers = await newKey(eve, ['read', 'trade']);
    assert.equal(emailOf(await send(await signed(hers))), 'eve@example.com');
    assertRefused(await send(await signed({ id: key.id, privateKey: hers.privateKey })), 'her key under his id');
    const headers = await signed(hers);
    assertRefused(await send({ ...headers, 'x-api-key': key.id }), 'her signature under his id');
    // The same public key, registered by somebody else: what is signed names the id.
    const { publicKey, privateKey } = await createKeyPair();
    const ids: string[] = [];
    for (const owner of [ada, eve]) {
      const answer = await owner.post('/api/v1/api-keys', { name: 'bot', scopes: ['read'], publicKey });
      ids.push((answer.body as ApiKey).id);
    }
    const [first = '', other = ''] = ids;
    assertRefused(await send({ ...(await signed({ id: first, privateKey })), 'x-api-key': other }));
    assert.equal((await eve.delete(`/api/v1/api-keys/${key.id}`)).status, 404, 'nor may she revoke his');
    assert.equal((await send(await signed(key))).status, 200);
  });

  it('are refused in whatever shape the headers are wrong', async () => {
    const good = await signed(key);
    const signature = good['x-signature'] ?? '';
    const bytes = Buffer.from(signature, 'base64url');
    const wrong: Record<string, Record<string, string>> = {
      'an unknown key': { 'x-api-key': randomUUID() },
      'a key that is no id': { 'x-api-key': "' or 1=1 --" },
      'an id in capitals': { 'x-api-key': key.id.toUpperCase() },
      'no timestamp': { 'x-timestamp': '' },
      'a timestamp that is none': { 'x-timestamp': 'NaN' },
      'a timestamp in another spelling': { 'x-timestamp': `0${good['x-timestamp']}` },
      'a timestamp and a bit': { 'x-timestamp': `${good['x-timestamp']}.0` },
      'another nonce': { 'x-nonce': randomUUID() },
      'a short nonce': { 'x-nonce': 'abc' },
      'a long nonce': { 'x-nonce': 'a'.repeat(65) },
      'no signature': { 'x-signature': '' },
      'a signature of 63 bytes': { 'x-signature': bytes.subarray(1).toString('base64url') },
      'a signature of 65 bytes': { 'x-signature': Buffer.concat([bytes, bytes.subarray(0, 1)]).toString('base64url') },
      'a signature of zeros': { 'x-signature': Buffer.alloc(64).toString('base64url') },
      'a random signature': { 'x-signature': randomBytes(64).toString('base64url') },
      'a signature in hex': { 'x-signature': bytes.toString('hex') },
      'a signature with S + L': { 'x-signature': withGroupOrderAdded(bytes).toString('base64url') },
    };
    for (const [what, headers] of Object.entries(wrong)) assertRefused(await send({ ...good, ...headers }), what);
    for (const name of Object.keys(good)) {
      const { [name]: _, ...others } = good;
      const answer = await send(others);
      // Without the two that say so it is not signed at all.
      assertRefused(answer, `without ${name}`);
      const lines = Object.entries(good).map(([header, value]) => `${header}: ${value}\r\n`);
      const twice = await sendRaw(
        stack.apiUrl,
        `GET ${ME} HTTP/1.1\r\nhost: a\r\n${lines.join('')}${name}: ${good[name]}\r\n\r\n`,
      );
      assert.equal(twice.status, 401, `${name} twice`);
    }
    assert.equal((await send(good)).status, 200, 'none of them has used the nonce up');
  });

  it('and cookies do not go together', async () => {
    assertRefused(await send({ ...(await signed(key)), cookie: ada.cookieHeader, origin: stack.webOrigin }));
    const path = '/api/v1/orders';
    const body = newOrder();
    const headers = await signed(key, path, 'POST', body);
    const foreign = { ...headers, cookie: ada.cookieHeader, origin: 'https://evil.example' };
    assert.equal(codeOf(await send(foreign, { path, method: 'POST', body })), 'origin-not-allowed');
    assert.equal(
      (await send({ ...(await signed(key)), cookie: 'theme=dark' })).status,
      200,
      'another cookie is nobody’s',
    );
  });

  it('open nothing that is for people', async () => {
    const { publicKey } = await createKeyPair();
    const wish = JSON.stringify({ name: 'child', scopes: ['read'], publicKey });
    const made = { path: '/api/v1/api-keys', method: 'POST', body: wish };
    assert.equal((await send(await signed(key, made.path, 'POST', wish), made)).status, 403);
    const origin = { origin: stack.webOrigin };
    assert.equal((await send({ ...(await signed(key, made.path, 'POST', wish)), ...origin }, made)).status, 401);
    const own = { path: `/api/v1/api-keys/${key.id}`, method: 'DELETE' };
    assert.equal((await send({ ...(await signed(key, own.path, 'DELETE')), ...origin }, own)).status, 401);
    assert.equal((await send(await signed(key, made.path), { path: made.path })).status, 401);
    const body = JSON.stringify({ email: 'ada@example.com', password });
    const signin = { path: '/api/v1/signin', method: 'POST', body };
    const answer = await send(await signed(key, signin.path, 'POST', body), signin);
    assert.equal(codeOf(answer), 'origin-not-allowed');
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });

  it('are made with sense', async () => {
    const { publicKey } = await createKeyPair();
    const wish = { name: 'bot', scopes: ['read'], publicKey };
    const wrong: Record<string, object> = {
      'no name': { name: '' },
      'a name with NUL': { name: 'a\0b' },
      'a name with a line break': { name: 'a\nb' },
      'a name with half a letter': { name: '\ud83d' },
      'a name with spaces around': { name: ' bot ' },
      'a long name': { name: 'a'.repeat(61) },
      'no scope': { scopes: [] },
      'a scope twice': { scopes: ['read', 'read'] },
      'a scope that there is not': { scopes: ['admin'] },
      'a key of small order': { publicKey: Buffer.alloc(32).toString('base64url') },
      'another of small order': { publicKey: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') },
      'a short key': { publicKey: publicKey.slice(1) },
      'a long key': { publicKey: `${publicKey}A` },
      'a life of no days': { expiresInDays: 0 },
      'a very long life': { expiresInDays: 100_000 },
      'a field more': { isAdmin: true },
    };
    for (const [what, fields] of Object.entries(wrong)) {
      const answer = await eve.post('/api/v1/api-keys', { ...wish, ...fields });
      assert.deepEqual([answer.status, codeOf(answer)], [422, 'invalid-request'], what);
    }
    const answer = await eve.post('/api/v1/api-keys', { ...wish, name: 'Ünïcode 🤖 机器人', expiresInDays: 1 });
    assert.equal(answer.status, 201);
    const listed = (await eve.get('/api/v1/api-keys')).body as { items: ApiKey[] };
    assert.deepEqual(listed.items[0], answer.body);
    assert.equal(listed.items[0]?.name, 'Ünïcode 🤖 机器人');
    assert.equal((await stack.browser().get('/api/v1/api-keys')).status, 401);
    assert.equal((await stack.browser().post('/api/v1/api-keys', wish)).status, 401);
    assert.equal((await stack.browser().delete(`/api/v1/api-keys/${key.id}`)).status, 401);
  });

  it('are ten a user', async () => {
    const many = await stack.signedUp('many@example.com');
    const keys: Held[] = [];
    for (let count = 0; count < 10; count += 1) keys.push(await newKey(many, ['read']));
    const { publicKey } = await createKeyPair();
    const eleventh = await many.post('/api/v1/api-keys', { name: 'bot', scopes: ['read'], publicKey });
    assert.deepEqual([eleventh.status, codeOf(eleventh)], [422, 'api-keys-limit']);
    assert.equal((await many.delete(`/api/v1/api-keys/${keys[0]?.id}`)).status, 204);
    await newKey(many, ['read']);
  });

  it('are worth nothing once revoked: here at once, elsewhere within two seconds', async () => {
    const held = await newKey(ada, ['read']);
    assert.equal((await send(await signed(held), { port: second.httpPort })).status, 200);
    assert.equal((await send(await signed(held))).status, 200);
    const path = `/api/v1/api-keys/${held.id}`;
    assert.equal((await ada.delete(path)).status, 204);
    const revokedAt = performance.now();
    assertRefused(await send(await signed(held)), 'here');
    await until(async () => (await send(await signed(held), { port: second.httpPort })).status === 401);
    assert.ok(performance.now() - revokedAt < 2_000, `${performance.now() - revokedAt} ms`);
    assert.equal((await ada.delete(path)).status, 404);
  });

  it('are worth nothing once expired', async () => {
    const held = await newKey(ada, ['read']);
    assert.equal((await send(await signed(held))).status, 200);
    // As the owner of the database: no role of a service may prolong or shorten a key.
    const owner = openDatabase(stack.postgres.ownerUrl);
    await owner.db.execute(`update api_keys set expires_at = now() - interval '1 second' where id = '${held.id}'`);
    await owner.close();
    await until(async () => (await send(await signed(held))).status === 401);
    assertRefused(await send(await signed(held)));
  });

  it('open the account channel, until they are revoked', async () => {
    const held = await newKey(ada, ['read']);
    const urls = [stack.wsPort, second.wsPort].map((port) => `ws://127.0.0.1:${port}/`);
    const upgrade = async (url: string, headers: Readonly<Record<string, string>>) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const handshake = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
      const head = `GET / HTTP/1.1\r\nhost: a\r\n${handshake}sec-websocket-key: ${randomBytes(16).toString('base64')}\r\n`;
      return (await sendRaw(url.replace('ws', 'http'), `${head}${lines.join('')}\r\n`)).status;
    };
    const closed: Promise<number>[] = [];
    for (const url of urls) {
      const headers = signUpgrade(held, url);
      const socket = new WebSocket(url, { headers });
      const frame = new Promise<string>((resolve) => {
        socket.onopen = () => socket.send(JSON.stringify({ op: 'subscribe', channels: ['account'] }));
        socket.onmessage = ({ data }) => resolve(String(data));
      });
      closed.push(new Promise((resolve) => (socket.onclose = ({ code }) => resolve(code))));
      const { channel, type } = JSON.parse(await frame) as Record<string, unknown>;
      assert.deepEqual([channel, type], ['account', 'snapshot'], await frame);
      assert.equal(await upgrade(url, headers), 401, 'a replay');
      assert.equal(await upgrade(url, { ...signUpgrade(held, url), 'x-nonce': randomUUID() }), 401);
      assert.equal(await upgrade(url, signUpgrade(await newKey(ada, ['trade']), url)), 403);
    }
    assert.equal((await ada.delete(`/api/v1/api-keys/${held.id}`)).status, 204);
    const revokedAt = performance.now();
    assert.deepEqual(await Promise.all(closed), [4401, 4401]);
    assert.ok(performance.now() - revokedAt < 2_500, `${performance.now() - revokedAt} ms`);
  });

  it('leave their traces in the audit table', async () => {
    const held = await newKey(ada, ['read']);
    const events = async (kind: string) =>
      (await stack.databases.dbProcessor.db.select().from(auditEvents)).filter((event) => event.kind === kind);
    await until(async () => (await events('api-key-refused')).length > 0);
    const [refused] = await events('api-key-refused');
    assert.equal(refused?.subject, '127.0.0.1');
    assert.ok(refused.data.reason);
    const created = (await events('api-key-created')).filter(({ data }) => data.keyId === held.id);
    assert.deepEqual(
      created.map(({ subject }) => subject),
      ['ada@example.com'],
    );
  });

  it('work as the README of the SDK says', async () => {
    const readme = await readFile(new URL('../../../../packages/client/README.md', import.meta.url), 'utf8');
    const example = /## API keys[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)?.[1];
    assert.ok(example);
    const baseUrl = stack.apiUrl;
    const api = createApiClient({ baseUrl, origin: stack.webOrigin, cookies: createCookieJar() });
    await api.signin({ email: 'eve@example.com', password });
    const parameters = 'api, baseUrl, createApiClient, createKeyPair';
    const code = `export default async (${parameters}) => { ${example}; return { id, user, order, items }; };`;
    const { default: run } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      default: (...given: unknown[]) => Promise<Record<string, unknown>>;
    };
    const { id, user, order: placed, items } = await run(api, baseUrl, createApiClient, createKeyPair);
    assert.equal((user as { email: string }).email, 'eve@example.com');
    assert.equal((placed as { status: string }).status, 'filled');
    assert.equal((items as unknown[]).length, 1);
    assert.ok((await api.apiKeys()).items.every((one) => one.id !== id));
  });

  it('tell a program whose clock is off', async () => {
    const bot = createApiClient({ baseUrl: stack.apiUrl, apiKey: key });
    assert.equal((await bot.me()).user.email, 'ada@example.com');
    const wrong = createApiClient({
      baseUrl: stack.apiUrl,
      apiKey: { ...key, privateKey: (await createKeyPair()).privateKey },
    });
    await assert.rejects(wrong.me(), { code: 'signature-incorrect', message: /^[^.]*\.$/ });
    await assert.rejects(bot.apiKeys(), { code: 'session-required' });
  });

  it('fail closed when nobody can tell whether a nonce was used', async () => {
    await stack.redis.close();
    const answer = await send(await signed(key));
    assert.deepEqual([answer.status, codeOf(answer)], [503, 'service-unavailable']);
  });
});

describe('an API key', () => {
  it('makes fifty requests a second unless told, and guessing is limited by address', async () => {
    const stack = await startSecurityStack({ API_KEY_REQUESTS_PER_SECOND: '5', API_KEY_FAILURES_PER_10_SECONDS: '5' });
    try {
      const browser = await stack.signedUp('ada@example.com');
      const { publicKey, privateKey } = await createKeyPair();
      const made = await browser.post('/api/v1/api-keys', { name: 'bot', scopes: ['read'], publicKey });
      const sign = createRequestSigner({ id: (made.body as ApiKey).id, privateKey });
      const ask = async (headers = {}) => {
        const all = { ...(await sign({ method: 'GET', path: ME })), ...headers };
        return fetch(`${stack.apiUrl}${ME}`, { headers: all });
      };
      const statuses = (await Promise.all(Array.from({ length: 12 }, () => ask()))).map(({ status }) => status);
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [...Array<number>(5).fill(200), ...Array<number>(7).fill(429)],
      );
      await sleep(1_100);
      for (let count = 0; count < 5; count += 1) assert.equal((await ask({ 'x-api-key': randomUUID() })).status, 401);
      assert.equal((await ask({ 'x-api-key': randomUUID() })).status, 429);
    } finally {
      await stack.stop();
    }
  });
});

/** The same signature in a form that RFC 8032 forbids: S is to be below the order of the group. */
function withGroupOrderAdded(signature: Buffer): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), bytes]);
}
