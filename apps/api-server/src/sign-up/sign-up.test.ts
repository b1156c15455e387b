import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ProblemCode } from '@repo/schemas';
import { Browser, codeIn, codeOf } from '../testing/browser.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';
import { until } from '../testing/until.ts';

const password = 'five green parrots sing';
let api: TestApiServer;
before(async () => {
  api = await startTestApiServer({ SIGNUPS_PER_10_MINUTES: '1000', CODE_TRIES_PER_10_SECONDS: '1000' });
});
after(() => api.stop());

const signup = (browser: Browser, email: string, secret = password) =>
  browser.post('/api/v1/signup', { email, password: secret });
const verify = (browser: Browser, email: string, otp: string) => browser.post('/api/v1/verify-otp', { email, otp });
const resend = (browser: Browser, email: string) => browser.post('/api/v1/resend-otp', { email });
const mailsTo = (email: string) => api.mailbox.list().filter(({ to }) => to === email);
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

test('an address and a password become an account with the mailed code', async () => {
  const browser = new Browser(api);
  const asked = await signup(browser, ' Ada@Example.COM ');
  assert.equal(asked.status, 202);
  assert.deepEqual(asked.body, { status: 'code-sent', expiresInSeconds: 300, resendAfterSeconds: 20 });
  assert.equal(browser.cookies.size, 0, 'asking is no session');

  const code = codeIn(api.mailbox, 'ada@example.com');
  const [mail] = mailsTo('ada@example.com');
  assert.doesNotMatch(mail?.subject ?? '', /[0-9]/);
  assert.doesNotMatch(mail?.text ?? '', /https?:/);

  const verified = await verify(browser, 'ada@example.com', code);
  assert.equal(verified.status, 201);
  assert.deepEqual([...browser.cookies.keys()], ['access', 'refresh']);
  assert.doesNotMatch(JSON.stringify(verified.body), new RegExp([...browser.cookies.values()].join('|')));
  assert.equal(api.users.passwords.get('ada@example.com'), password);
  const me = await browser.get('/api/v1/me');
  assert.equal((me.body as { user: { email: string } }).user.email, 'ada@example.com');

  const again = await verify(new Browser(api), 'ada@example.com', code);
  assert.equal(codeOf(again), 'code-incorrect', 'a code is used once');
});

test('a known address is answered in the same way and gets another mail', async () => {
  api.users.passwords.set('known@example.com', 'what only its owner knows');
  const [known, unknown] = [
    await signup(new Browser(api), 'known@example.com'),
    await signup(new Browser(api), 'new@example.com'),
  ];
  assert.equal(known.status, unknown.status);
  assert.deepEqual(known.body, unknown.body);
  const [mail] = mailsTo('known@example.com');
  assert.match(mail?.subject ?? '', /already have/);
  assert.doesNotMatch(mail?.text ?? '', /[0-9]{6}/);

  const knownAgain = await resend(new Browser(api), 'known@example.com');
  const unknownAgain = await resend(new Browser(api), 'new@example.com');
  const nobody = await resend(new Browser(api), 'nobody@example.com');
  assert.deepEqual([knownAgain.status, knownAgain.body], [unknownAgain.status, unknownAgain.body]);
  assert.deepEqual([nobody.status, nobody.body], [unknownAgain.status, unknownAgain.body]);
  assert.equal(mailsTo('known@example.com').length, 2);
  assert.equal(mailsTo('nobody@example.com').length, 1);

  for (const attemptsLeft of [4, 3]) {
    const knownTry = await verify(new Browser(api), 'known@example.com', '123456');
    const nobodysTry = await verify(new Browser(api), 'nobody@example.com', '123456');
    for (const answer of [knownTry, nobodysTry]) {
      assert.equal(answer.status, 401);
      assert.equal((answer.body as { attemptsLeft: number }).attemptsLeft, attemptsLeft);
    }
  }
});

test('known and unknown addresses ask the user store for the same', async () => {
  api.users.passwords.set('known2@example.com', 'what only its owner knows');
  for (const email of ['known2@example.com', 'new2@example.com']) {
    const before = api.users.requests.length;
    await signup(new Browser(api), email);
    const kinds = api.users.requests.slice(before).map(({ type }) => type);
    assert.deepEqual(kinds, ['check'], email);
  }
});

test('a weak password is refused before anything happens', async () => {
  const cases: [string, ProblemCode][] = [
    ['eleven char', 'password-too-short'],
    ['🦜'.repeat(11), 'password-too-short'],
    ['x1'.repeat(65), 'password-too-long'],
    ['password1234', 'password-common'],
    ['my cfd-broker secret', 'password-contains-name'],
    ['weakling and more', 'password-contains-address'],
  ];
  const before = api.users.requests.length;
  for (const [secret, code] of cases) {
    const answer = await signup(new Browser(api), 'weakling@example.com', secret);
    assert.equal(answer.status, 422, secret);
    assert.equal(codeOf(answer), code, secret);
  }
  assert.equal(api.users.requests.length, before);
  assert.equal(mailsTo('weakling@example.com').length, 0);
});

test('five wrong tries, then not even the right code; a new code does not help', async () => {
  const browser = new Browser(api);
  await signup(browser, 'tries@example.com');
  const code = codeIn(api.mailbox, 'tries@example.com');
  const left: unknown[] = [];
  for (let count = 0; count < 3; count += 1) {
    left.push(
      ((await verify(browser, 'tries@example.com', wrong(code))).body as { attemptsLeft: number }).attemptsLeft,
    );
  }
  await resend(browser, 'tries@example.com');
  const newCode = codeIn(api.mailbox, 'tries@example.com');
  for (let count = 0; count < 2; count += 1) {
    left.push(
      ((await verify(browser, 'tries@example.com', wrong(newCode))).body as { attemptsLeft: number }).attemptsLeft,
    );
  }
  assert.deepEqual(left, [4, 3, 2, 1, 0]);
  for (const otp of [code, newCode]) {
    const answer = await verify(browser, 'tries@example.com', otp);
    assert.equal(answer.status, 429);
    assert.equal(codeOf(answer), 'code-exhausted');
    assert.ok(Number(answer.headers.get('retry-after')) > 800);
  }
  assert.equal(api.users.passwords.has('tries@example.com'), false);
});

test('a resent code replaces the one before, for the same password', async () => {
  const browser = new Browser(api);
  await signup(browser, 'again@example.com');
  const first = codeIn(api.mailbox, 'again@example.com');
  await resend(browser, 'again@example.com');
  const second = codeIn(api.mailbox, 'again@example.com');
  if (first !== second) assert.equal(codeOf(await verify(browser, 'again@example.com', first)), 'code-incorrect');
  assert.equal((await verify(browser, 'again@example.com', second)).status, 201);
  assert.equal(api.users.passwords.get('again@example.com'), password);
});

test('a new sign-up replaces the one before', async () => {
  const browser = new Browser(api);
  await signup(browser, 'twice@example.com', 'the first of two passwords');
  await signup(browser, 'twice@example.com', 'the second of two passwords');
  await verify(browser, 'twice@example.com', codeIn(api.mailbox, 'twice@example.com'));
  assert.equal(api.users.passwords.get('twice@example.com'), 'the second of two passwords');
});

test('three mails a minute to an address, whether or not it is known', async () => {
  api.users.passwords.set('flood-known@example.com', 'what only its owner knows');
  for (const email of ['flood-known@example.com', 'flood-new@example.com']) {
    const statuses: number[] = [];
    for (const ask of [signup, resend, signup, resend, signup])
      statuses.push((await ask(new Browser(api), email)).status);
    assert.deepEqual(statuses, [202, 202, 202, 429, 429], email);
    const refused = await resend(new Browser(api), email);
    assert.equal(codeOf(refused), 'too-many-requests');
    assert.ok(Number(refused.headers.get('retry-after')) <= 60);
    assert.equal(mailsTo(email).length, 3);
  }
});

test('a code for one address opens no other', async () => {
  await signup(new Browser(api), 'mine@example.com');
  await signup(new Browser(api), 'other@example.com');
  const code = codeIn(api.mailbox, 'mine@example.com');
  if (code === codeIn(api.mailbox, 'other@example.com')) return;
  assert.equal(codeOf(await verify(new Browser(api), 'other@example.com', code)), 'code-incorrect');
});

test('when the user store fails the code keeps working', async () => {
  const browser = new Browser(api);
  await signup(browser, 'patient@example.com');
  const code = codeIn(api.mailbox, 'patient@example.com');
  api.users.mode = 'busy';
  const busy = await verify(browser, 'patient@example.com', code);
  api.users.mode = 'answer';
  assert.equal(busy.status, 503);
  assert.equal(codeOf(busy), 'too-busy');
  assert.equal(busy.headers.get('retry-after'), '3');
  assert.equal((await verify(browser, 'patient@example.com', code)).status, 201);
});

test('when only the answer was lost the same code signs the new user in', async () => {
  const browser = new Browser(api);
  await signup(browser, 'lost@example.com');
  api.users.passwords.set('lost@example.com', password);
  assert.equal((await verify(browser, 'lost@example.com', codeIn(api.mailbox, 'lost@example.com'))).status, 201);
});

test('an account that somebody else made meanwhile is not opened by the code', async () => {
  const browser = new Browser(api);
  await signup(browser, 'raced@example.com');
  api.users.passwords.set('raced@example.com', 'what only its owner knows');
  const answer = await verify(browser, 'raced@example.com', codeIn(api.mailbox, 'raced@example.com'));
  assert.equal(codeOf(answer), 'code-incorrect');
  assert.equal(browser.cookies.size, 0);
});

test('no password and no code is in the logs or readable in the message log', async () => {
  const browser = new Browser(api);
  const secret = 'a very secret parrot 7391';
  await browser.signUp(api.mailbox, 'quiet@example.com', secret);
  const code = codeIn(api.mailbox, 'quiet@example.com');
  await until(() => api.users.passwords.has('quiet@example.com'));
  const requests = JSON.stringify(api.users.requests);
  for (const text of [api.logs(), requests]) {
    assert.doesNotMatch(text, /secret parrot/);
    for (const token of browser.cookies.values()) assert.equal(text.includes(token), false);
  }
  assert.equal(new RegExp(`\\b${code}\\b`).test(api.logs().replace(/"(?:time|ms|at)":[^,}]*/g, '')), false);
});
