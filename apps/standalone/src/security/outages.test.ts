import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Answer, type Browser, codeOf, until } from '@repo/api-server/testing';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@repo/db';
import { password, type SecurityStack, startSecurityStack } from './start-security-stack.ts';

let stack: SecurityStack;
let browser: Browser;
let restarted: EmbeddedPostgres | undefined;
before(async () => {
  stack = await startSecurityStack({ USER_STORE_TIMEOUT_MS: '3000' });
  browser = await stack.signedUp('ada@example.com');
});
after(async () => {
  await stack.stop();
  await restarted?.stop();
});

const signin = () => stack.browser().post('/api/v1/signin', { email: 'ada@example.com', password });
const attempts: Readonly<Record<string, () => Promise<Answer>>> = {
  signup: () => stack.browser().post('/api/v1/signup', { email: 'new@example.com', password }),
  signin,
  refresh: () => browser.copy().post('/api/v1/refresh', {}),
  logout: () => browser.copy().post('/api/v1/logout', {}),
};

async function assertAllRefused(): Promise<void> {
  const answers = await Promise.all(
    Object.entries(attempts).map(async ([name, attempt]) => [name, await attempt()] as const),
  );
  for (const [name, answer] of answers) {
    assert.equal(answer.status, 503, `${name}: ${JSON.stringify(answer.body)}`);
    assert.equal(codeOf(answer), 'service-unavailable', name);
    assert.ok(Number(answer.headers.get('retry-after')) > 0, name);
    assert.deepEqual(answer.headers.getSetCookie(), [], name);
  }
}

test('the message log goes away and comes back', async () => {
  const before = await stack.stored();
  stack.broker.interrupt();
  await assertAllRefused();
  stack.broker.restore();
  assert.deepEqual(await stack.stored(), before);
  await until(async () => (await signin()).status === 200);
});

test('PostgreSQL goes away and comes back', async () => {
  const port = Number(new URL(stack.postgres.ownerUrl).port);
  await stack.postgres.stop('immediate');
  await assertAllRefused();
  restarted = await startEmbeddedPostgres({ dataDir: join(stack.dataDir, 'postgres'), port });
  await until(async () => (await signin()).status === 200);
  assert.equal((await browser.get('/api/v1/me')).status, 401, 'a sign-out that was begun is not undone');
});
