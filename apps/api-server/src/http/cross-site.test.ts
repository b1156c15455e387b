import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, codeOf } from '../testing/browser.ts';
import { sendRaw } from '../testing/raw-request.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';

let api: TestApiServer;
let browser: Browser;
before(async () => {
  api = await startTestApiServer({ WEB_ORIGINS: 'http://localhost:3000,https://trade.example' });
  browser = new Browser(api);
  assert.equal((await browser.signUp(api.mailbox, 'ada@example.com', 'five green parrots sing')).status, 201);
});
after(() => api.stop());

const posts = ['signup', 'resend-otp', 'verify-otp', 'signin', 'refresh', 'logout'];

test('no page of another origin can change anything', async () => {
  const requests = api.users.requests.length;
  for (const path of posts) {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:3000.evil.example',
      'https://evil-trade.example',
    ]) {
      const answer = await browser.post(`/api/v1/${path}`, {}, { origin });
      assert.equal(answer.status, 403, `${path} from ${origin}`);
      assert.equal(codeOf(answer), 'origin-not-allowed');
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
  }
  assert.equal((await browser.get('/api/v1/me')).status, 200, 'still signed in');
  assert.equal(api.users.requests.length, requests, 'nobody was asked anything');
});

test('what changes trading is no different, with a body or without', async () => {
  const evil = { origin: 'https://evil.example' };
  const path = '/api/v1/orders/1-1';
  for (const answer of [
    await browser.post('/api/v1/orders', {}, evil),
    await browser.patch(path, {}, evil),
    await browser.delete(path, evil),
    await browser.delete(path, { origin: 'null' }),
    await browser.delete(path, { ...evil, 'content-type': 'application/json' }),
  ]) {
    assert.equal(codeOf(answer), 'origin-not-allowed');
  }
  const raw = (more: string, body = '') => sendRaw(api.url, `DELETE ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n${body}`);
  const cookie = `cookie: ${browser.cookieHeader}\r\n`;
  assert.equal((await raw(cookie)).status, 403, 'no origin, and no browser that says it is the same');
  assert.equal((await raw(`${cookie}sec-fetch-site: cross-site\r\n`)).status, 403);
  assert.equal((await raw(`origin: ${api.origin}\r\n`)).status, 401, 'ours, but nobody is signed in');
  const text = `origin: ${api.origin}\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n`;
  assert.equal((await raw(text, '{}')).status, 415, 'a body has to be JSON');
  const chunked = `origin: ${api.origin}\r\ntransfer-encoding: chunked\r\n`;
  assert.equal((await raw(chunked, '2\r\n{}\r\n0\r\n\r\n')).status, 415);
});

test('a form, which any page can send, is refused wherever it comes from', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
    const foreign = await browser.post('/api/v1/logout', {}, { origin: 'https://evil.example', 'content-type': type });
    assert.equal(foreign.status, 403);
    assert.equal((await browser.post('/api/v1/logout', {}, { 'content-type': type })).status, 415);
  }
  assert.equal((await browser.get('/api/v1/me')).status, 200);
});

test('without an origin the browser has to say that it is the same', async () => {
  const send = (more: string) =>
    sendRaw(
      api.url,
      `POST /api/v1/logout HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n${more}\r\n{}`,
    );
  assert.equal((await send('')).status, 403);
  assert.equal((await send('sec-fetch-site: cross-site\r\n')).status, 403);
  assert.equal((await send('sec-fetch-site: same-site\r\n')).status, 403);
  assert.equal((await send(`origin: ${api.origin}\r\norigin: https://evil.example\r\n`)).status, 403);
  assert.equal((await send('sec-fetch-site: same-origin\r\n')).status, 204);
});

test('allowed origins may read with cookies; others get no permission', async () => {
  for (const origin of ['http://localhost:3000', 'https://trade.example']) {
    const answer = await browser.get('/api/v1/me', { origin });
    assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
    assert.match(answer.headers.get('vary') ?? '', /origin/i);
  }
  for (const origin of ['https://evil.example', 'null', 'http://localhost:3001']) {
    const answer = await browser.get('/api/v1/me', { origin });
    assert.equal(answer.headers.get('access-control-allow-origin'), null, origin);
  }
});

test('a preflight names what is allowed, and only to allowed origins', async () => {
  const preflight = (origin: string) =>
    fetch(`${api.url}/api/v1/signin`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
  const ours = await preflight('https://trade.example');
  assert.equal(ours.status, 204);
  assert.equal(ours.headers.get('access-control-allow-origin'), 'https://trade.example');
  assert.equal(ours.headers.get('access-control-allow-methods'), 'GET, HEAD, POST, PATCH, DELETE');
  assert.equal(ours.headers.get('access-control-allow-headers'), 'content-type');
  const foreign = await preflight('https://evil.example');
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

test('the kept mails are read by our page, and by no name that was pointed here', async () => {
  const ours = await browser.get('/dev/mailbox', { origin: api.origin });
  assert.equal(ours.status, 200);
  assert.equal(ours.headers.get('access-control-allow-origin'), api.origin);
  assert.equal(ours.headers.get('cache-control'), 'no-store');
  const rebound = await sendRaw(api.url, 'GET /dev/mailbox HTTP/1.1\r\nhost: evil.example:3001\r\n\r\n');
  assert.equal(rebound.status, 403);
  assert.doesNotMatch(rebound.body, /ada@example/);
});
