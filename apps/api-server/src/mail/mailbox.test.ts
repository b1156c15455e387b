import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMailbox } from './mailbox.ts';

test('keeps mails, newest first, the newest 200', async () => {
  const mailbox = createMailbox();
  for (let count = 1; count <= 250; count += 1) {
    await mailbox.send({ to: 'ada@example.com', subject: `mail ${count}`, text: 'text' });
  }
  const mails = mailbox.list();
  assert.equal(mails.length, 200);
  assert.equal(mails[0]?.subject, 'mail 250');
  assert.equal(mails.at(-1)?.subject, 'mail 51');
});
