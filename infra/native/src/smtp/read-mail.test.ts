import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import { readMail } from './read-mail.ts';

async function compose(mail: { subject: string; text: string; html?: string }): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message } = await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', ...mail });
  return message as Buffer;
}

describe('reading a mail', () => {
  it('reads what a mail program wrote', async () => {
    for (const mail of [
      { subject: 'Your code', text: 'It is 123456.\nGood luck.' },
      {
        subject: 'Füße, 漢字 and an emoji 🎉 in a subject that is long enough to be folded into several lines',
        text: 'Grüße',
      },
      { subject: 'Long', text: `${'word '.repeat(100)}ends = here` },
      { subject: 'Chinese', text: '漢字'.repeat(200) },
      { subject: 'Trailing', text: 'a line with an end. \n\nanother' },
      { subject: 'Both', text: 'plain', html: '<p>not plain</p>' },
    ]) {
      assert.deepEqual(readMail(await compose(mail)), { subject: mail.subject, text: mail.text });
    }
  });

  it('makes do with what is hardly a mail', () => {
    assert.deepEqual(readMail(Buffer.from('')), { subject: '', text: '' });
    assert.deepEqual(readMail(Buffer.from('\r\nonly a body')), { subject: '', text: '' });
    assert.deepEqual(readMail(Buffer.from('Subject: x\n\nbody\n')), { subject: 'x', text: 'body' });
    assert.deepEqual(readMail(Buffer.from('Content-Type: text/html\r\n\r\n<p>x</p>')), { subject: '', text: '' });
    assert.deepEqual(readMail(Buffer.from('Content-Type: text/plain; charset=no-such\r\n\r\nx')), {
      subject: '',
      text: 'x',
    });
  });
});
