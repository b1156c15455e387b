import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Browser, codeOf, until } from '@repo/api-server/testing';
import { auditEvents } from '@repo/db';
import { password, type SecurityStack, startSecurityStack } from './start-security-stack.ts';

const secret = 'the-jwt-secret-of-this-test-0123456789';
let stack: SecurityStack;
let users = 0;
before(async () => {
  stack = await startSecurityStack({ JWT_SECRET: secret, ROTATION_GRACE_MS: '3000' });
});
after(() => stack.stop());

async function signedIn(): Promise<{ browser: Browser; email: string }> {
  users += 1;
  const email = `user-${users}@example.com`;
  return { browser: await stack.signedUp(email), email };
}

const me = async (browser: Browser) => (await browser.get('/api/v1/me')).status;
const refresh = (browser: Browser) => browser.post('/api/v1/refresh', {});
const graceOver = () => new Promise((resolve) => setTimeout(resolve, 3_300));
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

test('only the server’s own access tokens open anything', async () => {
  const { browser } = await signedIn();
  const [header = '', payload = '', signature = ''] = (browser.cookies.get('access') ?? '').split('.');
  const hmac = (text: string, key: string | Buffer = secret) =>
    createHmac('sha256', key).update(text).digest('base64url');
  const claims = decode(payload);
  const status = async (token: string) =>
    (await stack.browser().get('/api/v1/me', { cookie: `access=${token}` })).status;
  const signed = (head: object, body: object = claims, key?: string | Buffer) => {
    const text = `${encode(head)}.${encode(body)}`;
    return `${text}.${hmac(text, key)}`;
  };
  const own = decode(header);
  assert.equal(await status(signed(own)), 200, 'a token made like this is good, so what follows fails for its change');

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const rs256 = `${encode({ ...own, alg: 'RS256' })}.${payload}`;
  const ownKey = Buffer.from('a key that the attacker brings along');
  const jwk = { kty: 'oct', k: ownKey.toString('base64url') };
  const forged: Record<string, string> = {
    'alg none': `${encode({ ...own, alg: 'none' })}.${payload}.`,
    'alg none with the signature': `${encode({ ...own, alg: 'none' })}.${payload}.${signature}`,
    'alg None': `${encode({ ...own, alg: 'None' })}.${payload}.`,
    'no signature': `${header}.${payload}.`,
    RS256: `${rs256}.${sign('sha256', Buffer.from(rs256), rsa.privateKey).toString('base64url')}`,
    'HS256 with a public key': signed(own, claims, Buffer.from(publicPem)),
    HS512: signed({ ...own, alg: 'HS512' }),
    'own jwk': signed({ ...own, jwk }, claims, ownKey),
    jku: signed({ ...own, jku: 'https://evil.example/keys.json' }, claims, ownKey),
    kid: signed({ ...own, kid: '/dev/null' }, claims, ''),
    x5c: signed({ ...own, x5c: ['MII'] }, claims, ownKey),
    'another type': signed({ ...own, typ: 'JWT' }),
    'another user': `${header}.${encode({ ...claims, sub: 'another' })}.${signature}`,
    'another session': signed(own, { ...claims, sid: '6f1f64a6-5b1c-4a0c-9d53-0c2f3f1f8a11' }),
    'another user of this session': signed(own, { ...claims, sub: 'another' }),
    'another audience': signed(own, { ...claims, aud: 'elsewhere' }),
    'another issuer': signed(own, { ...claims, iss: 'elsewhere' }),
    expired: signed(own, { ...claims, exp: Math.floor(Date.now() / 1000) - 60 }),
    'never expires': signed(own, { ...claims, exp: undefined }),
    crit: signed({ ...own, crit: ['evil'], evil: true }),
    'a refresh token': browser.cookies.get('refresh') ?? '',
    'two tokens': `${header}.${payload}.${signature}.${signature}`,
    nothing: '',
  };
  for (const [what, token] of Object.entries(forged)) assert.equal(await status(token), 401, what);
});

test('a refresh token used again after its grace ends the session everywhere and is noticed', async () => {
  const { browser, email } = await signedIn();
  const other = stack.browser();
  assert.equal((await other.post('/api/v1/signin', { email, password })).status, 200);
  const thief = browser.copy();
  assert.equal((await refresh(browser)).status, 200);
  await graceOver();
  const replayed = await refresh(thief);
  assert.equal(codeOf(replayed), 'session-required');
  assert.equal(await me(browser), 401, 'the owner too, at once');
  assert.equal((await refresh(browser)).status, 401);
  assert.equal(await me(other), 200, 'another session of this user goes on');
  await until(() => stack.mailbox.list().some(({ to, subject }) => to === email && /signed you out/.test(subject)));
  await until(async () => {
    const events = await stack.databases.dbProcessor.db.select().from(auditEvents);
    return events.some(({ kind, subject }) => kind === 'refresh-reused' && subject.length > 0);
  });
});

test('an older token ends the session even within the grace of the newest', async () => {
  const { browser } = await signedIn();
  const thief = browser.copy();
  assert.equal((await refresh(browser)).status, 200);
  assert.equal((await refresh(browser)).status, 200);
  assert.equal((await refresh(thief)).status, 401);
  assert.equal(await me(browser), 401);
});

test('twenty refreshes at once are one rotation, and a lost answer can be asked for again', async () => {
  const { browser } = await signedIn();
  const tabs = Array.from({ length: 20 }, () => browser.copy());
  const answers = await Promise.all(tabs.map(refresh));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(tabs.map(({ cookies }) => cookies.get('refresh'))).size, 1);
  const [tab] = tabs;
  const late = tab?.copy();
  assert.equal((await refresh(tab as Browser)).status, 200);
  assert.equal((await refresh(late as Browser)).status, 200, 'its answer was lost');
  assert.equal(await me(tab as Browser), 200);
});

test('a session that was signed out is over at once, for every token it had', async () => {
  const { browser } = await signedIn();
  const copy = browser.copy();
  assert.equal((await browser.post('/api/v1/logout', {})).status, 204);
  assert.equal(await me(copy), 401);
  assert.equal((await refresh(copy)).status, 401);
  assert.equal(browser.cookies.size, 0);
});

test('signing out works with what is left: the refresh token alone', async () => {
  const { browser } = await signedIn();
  const copy = browser.copy();
  browser.cookies.delete('access');
  assert.equal((await browser.post('/api/v1/logout', {})).status, 204);
  assert.equal(await me(copy), 401);
  assert.equal((await refresh(copy)).status, 401);
});

test('a planted session does not survive the sign-in of its victim', async () => {
  const attacker = await signedIn();
  const victim = await signedIn();
  const browser = attacker.browser.copy();
  const answer = await browser.post('/api/v1/signin', { email: victim.email, password });
  assert.equal((answer.body as { user: { email: string } }).user.email, victim.email);
  assert.notEqual(
    browser.cookies.get('refresh')?.split('.')[0],
    attacker.browser.cookies.get('refresh')?.split('.')[0],
  );
  assert.equal(await me(attacker.browser), 401, 'the planted one is ended');
  assert.equal(await me(browser), 200);
});

test('a lost cache signs nobody out and revives nobody', async () => {
  const alive = await signedIn();
  const ended = await signedIn();
  const copy = ended.browser.copy();
  await ended.browser.post('/api/v1/logout', {});
  const second = await startApiOnEmptyCache();
  try {
    const status = async (cookie: string) => (await fetch(`${second.url}/api/v1/me`, { headers: { cookie } })).status;
    assert.equal(await status(alive.browser.cookieHeader), 200);
    assert.equal(await status(copy.cookieHeader), 401);
  } finally {
    await second.stop();
  }
});

/** Another api-server of the same system whose Redis has just been flushed. */
async function startApiOnEmptyCache(): Promise<{ url: string; stop(): Promise<void> }> {
  const { readFile } = await import('node:fs/promises');
  const { apiServerConfigSchema, startApiServer } = await import('@repo/api-server');
  const { createEmbeddedRedis } = await import('@repo/redis');
  const { createLogger, loadConfig } = await import('@repo/service');
  const secrets = JSON.parse(await readFile(`${stack.dataDir}/secrets.json`, 'utf8')) as Record<string, string>;
  const config = loadConfig(apiServerConfigSchema, { ...secrets, JWT_SECRET: secret });
  const redis = createEmbeddedRedis();
  const server = await startApiServer({
    config: { ...config, HTTP_PORT: 0, WS_PORT: 0 },
    logger: createLogger({ level: 'silent', destination: { write: () => {} } }),
    kafka: stack.kafka,
    redis,
    database: stack.databases.apiServer,
    mailer: stack.mailbox,
  });
  return {
    url: `http://127.0.0.1:${server.httpPort}`,
    async stop() {
      await server.stop();
      await redis.close();
    },
  };
}
