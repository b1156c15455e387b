import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, codeOf, until } from '@repo/api-server/testing';
import { auditEvents } from '@repo/db';
import { startTestStack, type TestStack } from '../testing/start-test-stack.ts';

let stack: TestStack;
before(async () => {
  stack = await startTestStack();
});
after(() => stack.stop());

test('an address is an address, whatever it claims: the sixth sign-in in ten seconds waits', async () => {
  const statuses: number[] = [];
  const browser = new Browser({ url: stack.apiUrl, origin: stack.webOrigin });
  for (let count = 0; count < 8; count += 1) {
    const spoofed = `198.51.100.${count}`;
    const answer = await browser.post(
      '/api/v1/signin',
      { email: `user-${count}@example.com`, password: 'five green parrots sing' },
      { 'x-forwarded-for': spoofed, 'x-real-ip': spoofed, forwarded: `for=${spoofed}`, 'cf-connecting-ip': spoofed },
    );
    statuses.push(answer.status);
    if (answer.status === 429) assert.equal(codeOf(answer), 'too-many-requests');
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
});

test('the audit table knows of it, once, under the true address', async () => {
  const reached = async () =>
    (await stack.databases.dbProcessor.db.select().from(auditEvents)).filter(({ kind }) => kind === 'limit-reached');
  await until(async () => (await reached()).length > 0);
  assert.deepEqual(
    (await reached()).map(({ subject }) => subject),
    ['127.0.0.1'],
  );
});
