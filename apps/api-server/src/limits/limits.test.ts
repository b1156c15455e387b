import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { followTopic } from '@repo/kafka';
import type { AuditEvent } from '@repo/schemas';
import { Browser, codeOf } from '../testing/browser.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';
import { until } from '../testing/until.ts';

let api: TestApiServer;
const audited: AuditEvent[] = [];
let follower: ReturnType<typeof followTopic>;
before(async () => {
  api = await startTestApiServer({ TRUSTED_PROXIES: '127.0.0.0/8' });
  follower = followTopic(api.kafka, {
    topic: 'audit-events',
    onMessages: (messages) => audited.push(...messages.map(({ message }) => message)),
  });
  await follower.ready;
});
after(async () => {
  await follower.close();
  await api.stop();
});

/** The trusted proxy of this test says where a request comes from. */
const from = (address: string) => ({ 'x-forwarded-for': address });
const email = (count: number) => `user-${count}@example.com`;
const password = 'five green parrots sing';

async function statuses(times: number, send: (count: number) => Promise<{ status: number }>): Promise<number[]> {
  const all: number[] = [];
  for (let count = 0; count < times; count += 1) all.push((await send(count)).status);
  return all;
}

test('five sign-ins in ten seconds from an address, whoever they are for', async () => {
  const browser = new Browser(api);
  const signin = (address: string) => (count: number) =>
    browser.post('/api/v1/signin', { email: email(count), password }, from(address));
  assert.deepEqual(await statuses(7, signin('203.0.113.7')), [401, 401, 401, 401, 401, 429, 429]);
  assert.deepEqual(await statuses(1, signin('::ffff:203.0.113.7')), [429], 'the same address in IPv6 form');
  assert.deepEqual(await statuses(1, signin('203.0.113.8')), [401], 'another address');
  const refused = await signin('203.0.113.7')(0);
  assert.equal(codeOf(refused), 'too-many-requests');
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 10);
});

test('all addresses of an IPv6 /64 are one', async () => {
  const browser = new Browser(api);
  const signin = (count: number) =>
    browser.post('/api/v1/signin', { email: email(count), password }, from(`2001:db8:1:2:${count + 1}::${count + 1}`));
  assert.deepEqual(await statuses(6, signin), [401, 401, 401, 401, 401, 429]);
  const next = await browser.post('/api/v1/signin', { email: email(0), password }, from('2001:db8:1:3::1'));
  assert.equal(next.status, 401);
});

test('sign-ups and resends, codes and refreshes have limits of their own', async () => {
  const browser = new Browser(api);
  const send = (path: string, body: (count: number) => object, address: string) => (count: number) =>
    browser.post(`/api/v1/${path}`, body(count), from(address));
  const asks = (count: number) => ({ email: email(count), password });
  const signups = await statuses(19, send('signup', asks, '203.0.113.20'));
  const resends = await statuses(
    2,
    send('resend-otp', (count) => ({ email: email(100 + count) }), '203.0.113.20'),
  );
  assert.deepEqual([...signups, ...resends], [...Array.from({ length: 20 }, () => 202), 429]);
  const codes = await statuses(
    11,
    send('verify-otp', (count) => ({ email: email(200 + count), otp: '123456' }), '203.0.113.21'),
  );
  assert.deepEqual(codes, [...Array.from({ length: 10 }, () => 401), 429]);
  const refreshes = await statuses(
    51,
    send('refresh', () => ({}), '203.0.113.22'),
  );
  assert.deepEqual(refreshes, [...Array.from({ length: 50 }, () => 401), 429]);
});

test('mails to an address have a limit of their own', async () => {
  const browser = new Browser(api);
  const signup = (count: number) =>
    browser.post('/api/v1/signup', { email: 'mailed@example.com', password }, from(`203.0.113.${40 + count}`));
  assert.deepEqual(await statuses(5, signup), [202, 202, 202, 429, 429]);
});

test('a request that is refused for its shape takes nothing from the limit', async () => {
  const browser = new Browser(api);
  await statuses(20, () => browser.post('/api/v1/signin', { email: 'no address' }, from('203.0.113.30')));
  assert.equal((await browser.post('/api/v1/signin', { email: email(1), password }, from('203.0.113.30'))).status, 401);
});

test('the audit table hears of each limit once', async () => {
  await until(() => audited.filter(({ kind }) => kind === 'limit-reached').length >= 6);
  const reached = audited
    .filter(({ kind }) => kind === 'limit-reached')
    .map(({ subject, data }) => `${data?.limit} ${subject}`);
  assert.deepEqual(reached.toSorted(), [
    'code-sends-minute mailed@example.com',
    'refresh-address 203.0.113.22',
    'signin-address 2001:db8:1:2::/64',
    'signin-address 203.0.113.7',
    'signup-address 203.0.113.20',
    'verify-address 203.0.113.21',
  ]);
});
