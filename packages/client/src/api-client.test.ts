import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createApiClient } from './api-client.ts';
import { createCookieJar } from './create-cookie-jar.ts';
import { ApiError, NetworkError } from './errors.ts';

const ORIGIN = 'https://trade.example.com';
const user = { id: 'u1', email: 'ada@example.com', createdAt: 1 };
const credentials = { email: user.email, password: 'five green parrots sing' };

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

describe('the API client', () => {
  let server: Server;
  let client: ApiClient;
  let baseUrl: string;
  let requests: { line: string; headers: IncomingMessage['headers']; body: string }[];
  let answer: (line: string, headers: IncomingMessage['headers']) => Answer | undefined;

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => void serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createApiClient({ baseUrl, origin: ORIGIN, cookies: createCookieJar() });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const line = `${request.method} ${request.url}`;
    requests.push({ line, headers: request.headers, body });
    const given = answer(line, request.headers);
    // Without an answer the request hangs.
    if (given === undefined) return;
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {}));
  }

  const problem = (status: number, code: string): Answer => ({
    status,
    body: { type: 'about:blank', title: 'No.', status, code },
  });
  const started: Answer = {
    status: 200,
    body: { user, accessExpiresAt: 2 },
    headers: { 'set-cookie': ['access=new; Path=/; HttpOnly', 'refresh=r; Path=/api/v1/refresh; HttpOnly'] },
  };

  /** A server whose access tokens have run out until somebody refreshes. */
  function expired(refresh: Answer): typeof answer {
    return (line, headers) => {
      if (line === 'POST /api/v1/refresh') return refresh;
      return headers.cookie?.includes('access=new')
        ? { status: 200, body: { user } }
        : problem(401, 'session-required');
    };
  }

  it('acts like a browser of the web app', async () => {
    answer = (line) => (line.endsWith('/signin') ? started : { status: 200, body: { user } });
    assert.deepEqual(await client.signin(credentials), { user, accessExpiresAt: 2 });
    assert.deepEqual(await client.me(), { user });
    const [signin, me] = requests;
    assert.equal(signin?.line, 'POST /api/v1/signin');
    assert.equal(signin.headers['content-type'], 'application/json');
    assert.equal(signin.headers.origin, ORIGIN);
    assert.equal(signin.headers.cookie, undefined);
    assert.deepEqual(JSON.parse(signin.body), credentials);
    assert.equal(me?.headers.cookie, 'access=new');
  });

  it('knows every route', async () => {
    const sent = { status: 'code-sent', expiresInSeconds: 300, resendAfterSeconds: 20 };
    const bodies: Record<string, unknown> = {
      'POST /api/v1/signup': sent,
      'POST /api/v1/resend-otp': sent,
      'POST /api/v1/verify-otp': started.body,
      'POST /api/v1/refresh': started.body,
      'POST /api/v1/logout': '',
      'GET /api/v1/prices': { prices: [] },
      'GET /api/v1/instruments': { items: [] },
      'GET /api/v1/candles?asset=SOL_USDC&interval=1m&limit=5': { asset: 'SOL_USDC', interval: '1m', items: [] },
      'GET /dev/mailbox': [{ to: user.email, subject: 's', text: 't', at: 1 }],
    };
    answer = (line) => (line in bodies ? { status: 200, body: bodies[line] } : problem(404, 'not-found'));
    await client.signup(credentials);
    await client.resendOtp({ email: user.email });
    await client.verifyOtp({ email: user.email, otp: '123456' });
    await client.refresh();
    await client.logout();
    await client.prices();
    await client.instruments();
    await client.candles({ asset: 'SOL_USDC', interval: '1m', limit: 5 });
    assert.equal((await client.mailbox())[0]?.to, user.email);
    assert.deepEqual(
      requests.map(({ line }) => line),
      Object.keys(bodies),
    );
  });

  it('throws what the server refuses with', async () => {
    answer = () => ({
      status: 422,
      body: { ...(problem(422, 'password-common').body as object), detail: 'Too common.' },
    });
    await assert.rejects(client.signup(credentials), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.status, error.code, error.message], [422, 'password-common', 'Too common.']);
      return true;
    });
  });

  for (const [name, given, code] of [
    ["a proxy's page", { status: 502, body: '<html>' }, 'service-unavailable'],
    ['a status without words', { status: 429, body: '' }, 'too-many-requests'],
    ['a problem of another world', { status: 418, body: { code: 'teapot' } }, 'internal-error'],
    ['success without sense', { status: 200, body: { user: 'ada' } }, 'internal-error'],
    ['success without JSON', { status: 200, body: 'ok' }, 'internal-error'],
  ] as const) {
    it(`gives ${name} a code`, async () => {
      answer = () => given;
      await assert.rejects(client.me(), { name: 'ApiError', code, status: given.status });
    });
  }

  it('refreshes once for all who wait, and asks again', async () => {
    answer = expired(started);
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.me()));
    assert.deepEqual(
      answers,
      Array.from({ length: 5 }, () => ({ user })),
    );
    assert.equal(requests.filter(({ line }) => line.endsWith('/refresh')).length, 1);
    assert.equal(requests.filter(({ line }) => line.endsWith('/me')).length, 10);
  });

  it('does not ask a third time', async () => {
    answer = (line) => (line.endsWith('/refresh') ? started : problem(401, 'session-required'));
    await assert.rejects(client.me(), { code: 'session-required' });
    assert.equal(requests.length, 3);
  });

  it('says so when the session is over', async () => {
    answer = expired(problem(401, 'session-required'));
    await assert.rejects(client.me(), { code: 'session-required' });
    assert.equal(requests.length, 2);
    await client.logout();
  });

  it('says so when the refresh cannot be had now', async () => {
    answer = expired(problem(503, 'service-unavailable'));
    await assert.rejects(client.me(), { code: 'service-unavailable' });
    await assert.rejects(client.logout(), { code: 'service-unavailable' });
  });

  it('refreshes nothing for a wrong password', async () => {
    answer = () => problem(401, 'credentials-incorrect');
    await assert.rejects(client.signin(credentials), { code: 'credentials-incorrect' });
    answer = () => problem(401, 'session-required');
    await assert.rejects(client.signin(credentials), { code: 'session-required' });
    assert.equal(requests.length, 2);
  });

  it('does not wait for ever', async () => {
    answer = () => undefined;
    const impatient = createApiClient({ baseUrl, timeoutMs: 20 });
    await assert.rejects(impatient.me(), (error) => error instanceof NetworkError && error.timedOut);
  });

  it('tells a server that is away from one that refuses', async () => {
    server.close();
    await once(server, 'close');
    await assert.rejects(client.me(), (error) => error instanceof NetworkError && !error.timedOut);
  });

  it("stops on the caller's word, with the caller's reason", async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const reason = new Error('left the page');
    const call = client.prices({ signal: stop.signal });
    stop.abort(reason);
    await assert.rejects(call, reason);
  });

  it('does not follow a redirect with a password in hand', async () => {
    answer = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } });
    await assert.rejects(client.signin(credentials), NetworkError);
    assert.equal(requests.length, 1);
  });
});
