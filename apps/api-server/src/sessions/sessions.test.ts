import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Browser, codeOf } from '../testing/browser.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';
import { until } from '../testing/until.ts';

const password = 'five green parrots sing';
let api: TestApiServer;
let count = 0;
before(async () => {
  api = await startTestApiServer({
    SIGNINS_PER_10_SECONDS: '1000',
    SIGNUPS_PER_10_MINUTES: '1000',
    CODE_TRIES_PER_10_SECONDS: '1000',
  });
});
after(() => api.stop());

/** A signed-in browser of a new user. */
async function signedIn(): Promise<{ browser: Browser; email: string }> {
  count += 1;
  const email = `user-${count}@example.com`;
  const browser = new Browser(api);
  assert.equal((await browser.signUp(api.mailbox, email, password)).status, 201);
  return { browser, email };
}

const signin = (browser: Browser, email: string, secret = password) =>
  browser.post('/api/v1/signin', { email, password: secret });
const refresh = (browser: Browser) => browser.post('/api/v1/refresh', {});
const logout = (browser: Browser) => browser.post('/api/v1/logout', {});
const me = async (browser: Browser) => (await browser.get('/api/v1/me')).status;

test('signs in with the right password only, and says nothing about the rest', async () => {
  const { email } = await signedIn();
  const browser = new Browser(api);
  const answer = await signin(browser, email.toUpperCase());
  assert.equal(answer.status, 200);
  assert.equal(await me(browser), 200);
  const bodies = [
    await signin(new Browser(api), email, 'not the password'),
    await signin(new Browser(api), 'nobody@example.com'),
  ];
  for (const { status, body, headers } of bodies) {
    assert.equal(status, 401);
    assert.deepEqual({ ...(body as object), requestId: '' }, { ...(bodies[0]?.body as object), requestId: '' });
    assert.deepEqual(headers.getSetCookie(), []);
  }
});

test('/me needs no user store and no database when the session is cached', async () => {
  const { browser } = await signedIn();
  const before = api.users.requests.length;
  assert.equal(await me(browser), 200);
  assert.equal(api.users.requests.length, before);
});

test('cookies are for the browser alone', async () => {
  const { email } = await signedIn();
  const answer = await signin(new Browser(api), email);
  const [access = '', refreshCookie = ''] = answer.headers.getSetCookie();
  assert.match(access, /^access=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(refreshCookie, /^refresh=[^;]+; Max-Age=3[56][0-9]{2}; Path=\/api\/v1; HttpOnly; SameSite=Lax$/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('over HTTPS cookies are pinned to the host', async () => {
  const https = await startTestApiServer({ WEB_ORIGINS: 'https://trade.example' });
  try {
    const browser = new Browser(https);
    const answer = await browser.signUp(https.mailbox, 'ada@example.com', password);
    const [access = '', refreshCookie = ''] = answer.headers.getSetCookie();
    assert.match(access, /^__Host-access=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.match(
      refreshCookie,
      /^__Host-refresh=[^;]+; Max-Age=3[56][0-9]{2}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=31536000/);
    assert.equal(await me(browser), 200);
    const [, token = ''] = /=([^;]+)/.exec(access) ?? [];
    assert.equal((await new Browser(https).get('/api/v1/me', { cookie: `access=${token}` })).status, 401);
  } finally {
    await https.stop();
  }
});

test('refreshing rotates the token and keeps the session', async () => {
  const { browser } = await signedIn();
  const before = browser.cookies.get('refresh');
  assert.equal((await refresh(browser)).status, 200);
  assert.notEqual(browser.cookies.get('refresh'), before);
  assert.equal((await refresh(browser)).status, 200);
  assert.equal(await me(browser), 200);
});

test('twenty tabs at once, and an answer that was lost, get the same new token', async () => {
  const { browser } = await signedIn();
  const tabs = Array.from({ length: 20 }, () => browser.copy());
  const answers = await Promise.all(tabs.map(refresh));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(new Set(tabs.map((tab) => tab.cookies.get('refresh'))).size, 1);
  assert.equal((await refresh(browser)).status, 200, 'the old token once more');
  assert.equal(await me(browser), 200);
});

test('a token used again later ends the session for everybody and tells its owner', async () => {
  const { browser, email } = await signedIn();
  const thief = browser.copy();
  assert.equal((await refresh(browser)).status, 200);
  assert.equal((await refresh(browser)).status, 200);
  const stolen = await refresh(thief);
  assert.equal(stolen.status, 401);
  assert.equal(codeOf(stolen), 'session-required');
  assert.equal(thief.cookies.size, 0, 'cookies are cleared');
  assert.equal(await me(browser), 401, 'at once');
  assert.equal((await refresh(browser)).status, 401);
  await until(() => api.mailbox.list().some(({ to, subject }) => to === email && /signed you out/.test(subject)));
});

test('forged, altered and foreign refresh tokens are nothing', async () => {
  const { browser } = await signedIn();
  const [id = '', generation = '', signature = ''] = (browser.cookies.get('refresh') ?? '').split('.');
  const before = api.users.requests.length;
  for (const token of [
    '',
    'x',
    `${id}.1.${signature}`,
    `${id}.${generation}.${signature.replace(/^./, '_')}A`,
    `${id}.${generation}`,
  ]) {
    const answer = await new Browser(api).post('/api/v1/refresh', {}, { cookie: `refresh=${token}` });
    assert.equal(answer.status, 401, token);
  }
  assert.equal(api.users.requests.length, before, 'the user store is not even asked');
  assert.equal(await me(browser), 200);
});

test('signing out ends the session at once, here and for copies, and its WebSocket', async () => {
  const { browser } = await signedIn();
  const copy = browser.copy();
  const socket = new WebSocket(`ws://127.0.0.1:${api.server.wsPort}`, {
    origin: api.origin,
    headers: { cookie: browser.cookieHeader },
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const answer = await logout(browser);
  assert.equal(answer.status, 204);
  assert.equal(answer.body, undefined);
  assert.equal(browser.cookies.size, 0);
  assert.equal(await me(copy), 401);
  assert.equal((await refresh(copy)).status, 401);
  assert.equal(await closed, 4401);
});

test('signing out twice, or without a session, is fine', async () => {
  const { browser } = await signedIn();
  const copy = browser.copy();
  assert.equal((await logout(browser)).status, 204);
  assert.equal((await logout(copy)).status, 204);
  assert.equal((await logout(new Browser(api))).status, 204);
});

test('each sign-in is a new session and ends the one the browser had', async () => {
  const { browser, email } = await signedIn();
  const old = browser.copy();
  assert.equal((await signin(browser, email)).status, 200);
  assert.notEqual(browser.cookies.get('refresh')?.split('.')[0], old.cookies.get('refresh')?.split('.')[0]);
  assert.equal(await me(browser), 200);
  assert.equal(await me(old), 401, 'nobody who planted a session keeps it');
  assert.equal((await refresh(old)).status, 401);
});

test('a failed sign-in leaves the session alone', async () => {
  const { browser, email } = await signedIn();
  assert.equal((await signin(browser, email, 'not the password')).status, 401);
  assert.equal(await me(browser), 200);
});

test('ten wrong passwords make even the right one wrong, and nothing shows it', async () => {
  const { email } = await signedIn();
  const first = await signin(new Browser(api), email, 'not the password');
  for (let tries = 1; tries < 10; tries += 1) await signin(new Browser(api), email, 'not the password');
  const before = api.users.requests.length;
  const right = await signin(new Browser(api), email);
  assert.equal(right.status, 401);
  assert.deepEqual({ ...(right.body as object), requestId: '' }, { ...(first.body as object), requestId: '' });
  const asked = api.users.requests.slice(before);
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['auth'],
    'a password is hashed as ever',
  );
});
