import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Answer, type Browser, codeIn, codeOf } from '@repo/api-server/testing';
import { sessions, users } from '@repo/db';
import { password, type SecurityStack, startSecurityStack } from './start-security-stack.ts';

let stack: SecurityStack;
before(async () => {
  stack = await startSecurityStack({ AUTH_QUEUE_MAX: '1000' });
});
after(() => stack.stop());

const signup = (email: string, secret = password) =>
  stack.browser().post('/api/v1/signup', { email, password: secret });
const verify = (browser: Browser, email: string, otp: string) => browser.post('/api/v1/verify-otp', { email, otp });
const signin = (email: string, secret: string) => stack.browser().post('/api/v1/signin', { email, password: secret });

function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const key = codeOf(answer) ?? String(answer.status);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** An answer without what differs from request to request. */
function comparable({ status, body, headers }: Answer): unknown {
  const { requestId: _, ...rest } = body as Record<string, unknown>;
  const names = [...headers.keys()].filter((name) => name !== 'date');
  return { status, body: rest, names };
}

test('200 wrong codes at once: at most five are compared', async () => {
  await signup('guess@example.com');
  const right = codeIn(stack.mailbox, 'guess@example.com');
  const guesses = Array.from({ length: 201 }, (_, at) => String(at).padStart(6, '0')).filter((code) => code !== right);
  const answers = await Promise.all(
    guesses.slice(0, 200).map((otp) => verify(stack.browser(), 'guess@example.com', otp)),
  );
  assert.deepEqual(tally(answers), { 'code-incorrect': 5, 'code-exhausted': 195 });
  assert.equal(codeOf(await verify(stack.browser(), 'guess@example.com', right)), 'code-exhausted');
});

test('100 right codes at once: one user, one session', async () => {
  const before = await stack.stored();
  await signup('once@example.com');
  const code = codeIn(stack.mailbox, 'once@example.com');
  const browsers = Array.from({ length: 100 }, () => stack.browser());
  const answers = await Promise.all(browsers.map((browser) => verify(browser, 'once@example.com', code)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.ok(
    answers.every(({ status }) => [201, 401, 429].includes(status)),
    JSON.stringify(tally(answers)),
  );
  assert.equal(browsers.filter(({ cookies }) => cookies.size > 0).length, 1);
  const now = await stack.stored();
  assert.equal(now.users, before.users + 1);
  assert.equal(now.sessions, before.sessions + 1);
});

test('a half-finished sign-up is no session and no account', async () => {
  const browser = stack.browser();
  const asked = await browser.post('/api/v1/signup', { email: 'half@example.com', password });
  assert.deepEqual(asked.headers.getSetCookie(), []);
  assert.equal((await browser.get('/api/v1/me')).status, 401);
  assert.equal((await browser.post('/api/v1/refresh', {})).status, 401);
  assert.equal((await signin('half@example.com', password)).status, 401);
  const db = stack.databases.dbProcessor.db;
  const all = await db.select({ email: users.email }).from(users);
  assert.ok(!all.some(({ email }) => email === 'half@example.com'));
});

test('known and unknown addresses cannot be told apart', async () => {
  await stack.signedUp('known@example.com');
  const answers: Record<string, unknown[]> = {};
  for (const email of ['known@example.com', 'unknown@example.com']) {
    answers[email] = [
      comparable(await signup(email)),
      comparable(await stack.browser().post('/api/v1/resend-otp', { email })),
      ...(await Promise.all(['000000', '999999'].map((otp) => verify(stack.browser(), email, otp)))).map(comparable),
      comparable(await signin(email, 'not the password')),
    ];
  }
  assert.deepEqual(answers['known@example.com'], answers['unknown@example.com']);
});

test('a sign-in hashes one password, whether the address is known, unknown or has to wait', async () => {
  await stack.signedUp('costs@example.com');
  const cost = async (email: string, secret: string) => {
    const before = await stack.hashed();
    const answer = await signin(email, secret);
    return { status: answer.status, hashes: (await stack.hashed()) - before };
  };
  assert.deepEqual(await cost('costs@example.com', password), { status: 200, hashes: 1 });
  const refused = { status: 401, hashes: 1 };
  assert.deepEqual(await cost('nobody@example.com', password), refused);
  for (let count = 0; count < 10; count += 1) {
    assert.deepEqual(await cost('costs@example.com', 'not the password'), refused);
  }
  assert.deepEqual(await cost('costs@example.com', password), refused, 'has to wait');
});

test('a code is kept as an HMAC, and a pending password sealed', async () => {
  await signup('kept@example.com');
  const pending = await stack.redis.otps.get('signup', 'kept@example.com');
  const code = codeIn(stack.mailbox, 'kept@example.com');
  assert.match(pending?.codeHash ?? '', /^[0-9a-f]{64}$/);
  assert.notEqual(
    pending?.codeHash,
    createHash('sha256').update(code).digest('hex'),
    'a million hashes are soon tried',
  );
  const payload = JSON.parse(pending?.payload ?? '{}') as Record<string, unknown>;
  assert.deepEqual(Object.keys(payload), ['password', 'expiresAt']);
  assert.match(String(payload.password), /^[\w-]+(?:\.[\w-]*){4}$/);
});

test('long, strange and equivalent passwords count whole', async () => {
  const emoji = '🦜🦢🦩🦚'.repeat(16);
  await stack.signedUp('emoji@example.com', emoji);
  assert.equal((await signin('emoji@example.com', emoji)).status, 200);
  assert.equal((await signin('emoji@example.com', emoji.slice(0, -2))).status, 401);
  assert.equal((await signin('emoji@example.com', `${emoji.slice(0, -2)}🦜`)).status, 401);

  const long = 'abcdefghij'.repeat(7);
  await stack.signedUp('long@example.com', `${long}xy1`);
  assert.equal((await signin('long@example.com', `${long}xy1`)).status, 200);
  assert.equal((await signin('long@example.com', `${long}xy2`)).status, 401, 'the 73rd byte counts');

  const composed = 'caf\u00e9 caf\u00e9 caf\u00e9';
  await stack.signedUp('accents@example.com', composed);
  assert.equal((await signin('accents@example.com', composed.normalize('NFD'))).status, 200);

  await stack.signedUp('spaces@example.com', '  five green parrots  ');
  assert.equal((await signin('spaces@example.com', 'five green parrots')).status, 401, 'nothing is trimmed');

  for (const secret of ['twelve\0chars and more', 'half a \ud83d parrot sings']) {
    assert.equal(codeOf(await signup('nul@example.com', secret)), 'invalid-request');
  }
});

test('no password, code or token is in a log, a topic or a table', async () => {
  const secret = 'unmistakable-heron-4711';
  const browser = await stack.signedUp('quiet@example.com', secret);
  await signin('quiet@example.com', secret);
  await signin('quiet@example.com', `${secret}-wrong`);
  await browser.post('/api/v1/refresh', {});
  const tokens = [...browser.cookies.values()];
  assert.equal((await browser.get('/api/v1/me', { authorization: `Bearer ${tokens[0]}` })).status, 200);
  await browser.get(`/api/v1/nothing?token=${tokens[0]}`);
  await browser.post('/api/v1/logout', {});

  const texts = [stack.logs(), JSON.stringify(await stack.databases.dbProcessor.db.select().from(sessions))];
  for (const topic of ['user-requests', 'user-responses', 'audit-events', 'user-requests.dead-letter']) {
    texts.push(await topicText(topic));
  }
  assert.match(texts.join(''), /quiet@example\.com/, 'these are the right places');
  for (const text of texts) {
    assert.doesNotMatch(text, /unmistakable-heron/);
    for (const token of tokens) assert.ok(!text.includes(token));
  }
});

async function topicText(topic: string): Promise<string> {
  const ends = await stack.kafka.endOffsets(topic);
  const values: string[] = [];
  for (const [partition, end] of ends.entries()) {
    const controller = new AbortController();
    let offset = 0;
    if (end === 0) continue;
    for await (const records of stack.kafka.read({ topic, partition, offset: 0, signal: controller.signal })) {
      values.push(...records.map(({ value }) => value));
      offset = (records.at(-1)?.offset ?? offset) + 1;
      if (offset >= end) break;
    }
    controller.abort();
  }
  return values.join('\n');
}
