import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Mailer } from './mail/mailer.ts';
import { type Answer, Browser, codeOf } from './testing/browser.ts';
import { startTestApiServer, type TestApiServer } from './testing/start-test-api-server.ts';
import { until } from './testing/until.ts';

const password = 'five green parrots sing';
// Waiting for a recovery asks again and again; that must not meet a limit.
const unlimited = '1000000';
const limits = {
  SIGNINS_PER_10_SECONDS: unlimited,
  SIGNUPS_PER_10_MINUTES: unlimited,
  CODE_TRIES_PER_10_SECONDS: unlimited,
};
let api: TestApiServer;
let browser: Browser;
let mailServer: { away: boolean };

beforeEach(async () => {
  mailServer = { away: false };
  const mailer: Mailer = {
    async send(mail) {
      if (mailServer.away) throw new Error('connection refused');
      await api.mailbox.send(mail);
    },
  };
  api = await startTestApiServer({ ...limits, USER_STORE_TIMEOUT_MS: '1000' }, mailer);
  browser = new Browser(api);
  assert.equal((await browser.signUp(api.mailbox, 'ada@example.com', password)).status, 201);
});
afterEach(() => api.stop());

const signin = () => new Browser(api).post('/api/v1/signin', { email: 'ada@example.com', password });
const signup = (email = 'new@example.com') => new Browser(api).post('/api/v1/signup', { email, password });

function assertUnavailable(answer: Answer, code = 'service-unavailable'): void {
  assert.equal(answer.status, 503);
  assert.equal(codeOf(answer), code);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.deepEqual(answer.headers.getSetCookie(), [], 'nothing is begun and nothing is cleared');
}

async function readiness(): Promise<Record<string, string>> {
  return ((await browser.get('/readyz')).body as { checks: Record<string, string> }).checks;
}

test('message log away: no sign-up, no session begun or renewed, clear answers, and recovery', async () => {
  api.broker.interrupt();
  assertUnavailable(await signup());
  assertUnavailable(await signin());
  assertUnavailable(await browser.post('/api/v1/refresh', {}));
  assertUnavailable(await browser.post('/api/v1/logout', {}));
  assert.equal((await browser.get('/healthz')).status, 200);
  assert.equal((await browser.get('/readyz')).status, 503);
  api.broker.restore();
  assert.equal((await signin()).status, 200);
  assert.equal((await browser.post('/api/v1/logout', {})).status, 204, 'a sign-out that failed can be repeated');
});

test('user store silent: requests end in time, also those that wait at the gate', async () => {
  api.users.mode = 'silent';
  const answers = await Promise.all(Array.from({ length: 30 }, signin));
  for (const answer of answers)
    assertUnavailable(answer, codeOf(answer) === 'too-busy' ? 'too-busy' : 'service-unavailable');
  const busy = answers.filter((answer) => codeOf(answer) === 'too-busy').length;
  assert.equal(busy, 30 - 2 - 16, '2 at work, 16 wait, the rest is refused at once');
  api.users.mode = 'answer';
  assert.equal((await signin()).status, 200);
});

test('cache away: nobody is let in on trust', async () => {
  api.redis.away = true;
  assertUnavailable(await browser.get('/api/v1/me'));
  assertUnavailable(await signin());
  assertUnavailable(await signup());
  assertUnavailable(await browser.post('/api/v1/verify-otp', { email: 'new@example.com', otp: '123456' }));
  assertUnavailable(await browser.post('/api/v1/logout', {}));
  assert.equal((await readiness()).redis, 'interrupted by the test');
  assert.equal((await browser.get('/api/v1/prices')).status, 200);
  api.redis.away = false;
  assert.equal((await signin()).status, 200);
});

test('database away: a cached session goes on, one that is not cached is refused, history is unavailable', async () => {
  assert.equal((await browser.get('/api/v1/me')).status, 200);
  const flushed = await startTestApiServer();
  try {
    const elsewhere = new Browser(flushed);
    assertUnavailable(await elsewhere.get('/api/v1/me', { cookie: browser.cookieHeader }));
  } finally {
    await flushed.stop();
  }
  assertUnavailable(await browser.get('/api/v1/candles?asset=SOL_USDC&interval=1m'));
});

test('mail server away: no code is promised that cannot come, and recovery', async () => {
  mailServer.away = true;
  const first = await signup('one@example.com');
  assert.equal(first.status, 202, 'answers do not wait for mail');
  await until(async () => codeOf(await signup('two@example.com')) === 'mail-unavailable');
  const requests = api.users.requests.length;
  assertUnavailable(await signup('three@example.com'), 'mail-unavailable');
  assertUnavailable(
    await new Browser(api).post('/api/v1/resend-otp', { email: 'three@example.com' }),
    'mail-unavailable',
  );
  assert.equal(api.users.requests.length, requests, 'nothing was done');
  assert.equal((await signin()).status, 200, 'signing in needs no mail');
  mailServer.away = false;
  await until(async () => (await signup('four@example.com')).status === 202);
  await until(() => api.mailbox.list().some(({ to }) => to === 'one@example.com'));
});
