import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type Mail, MailboxSchema } from '@repo/schemas';
import { findFreePort } from '@repo/service';
import { createTransport } from 'nodemailer';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { KeptMails } from './kept-mails.ts';
import { startMailSink } from './start-mail-sink.ts';

async function startIn(directory: string) {
  const [smtpPort, pagePort] = [await findFreePort(), await findFreePort()];
  const mails = await KeptMails.open(path.join(directory, 'mails.ndjson'));
  const sink = await startMailSink({ mails, smtpPort, pagePort });
  const page = `http://127.0.0.1:${pagePort}`;
  return {
    send: async (to: string, subject: string, text: string, auth?: { user: string; pass: string }) => {
      const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ...(auth === undefined ? {} : { auth }) });
      await transport.sendMail({ from: 'broker@example.com', to, subject, text });
      transport.close();
    },
    list: async (): Promise<Mail[]> => MailboxSchema.parse(await (await fetch(`${page}/mails`)).json()),
    page,
    [Symbol.asyncDispose]: () => sink.close(),
  };
}

describe('the mail sink', () => {
  it('shows mails, newest first, with or without a password', async () => {
    await using temporary = await temporaryDirectory();
    await using sink = await startIn(temporary.directory);
    assert.deepEqual(await sink.list(), []);
    await sink.send('ada@example.com', 'First', 'one');
    await sink.send('eve@example.com', 'Grüße <b>', 'two & more', { user: 'broker', pass: 'any' });
    const mails = await sink.list();
    assert.deepEqual(
      mails.map(({ to, subject, text }) => ({ to, subject, text })),
      [
        { to: 'eve@example.com', subject: 'Grüße <b>', text: 'two & more' },
        { to: 'ada@example.com', subject: 'First', text: 'one' },
      ],
    );
    const html = await (await fetch(sink.page)).text();
    assert.ok(html.includes('Grüße &lt;b&gt;') && html.includes('two &amp; more'));
  });

  it('keeps the newest 200 for the next start, but for half a line', async () => {
    await using temporary = await temporaryDirectory();
    const file = path.join(temporary.directory, 'mails.ndjson');
    const kept = await KeptMails.open(file);
    for (let number = 1; number <= 203; number += 1)
      await kept.add({ to: 'a@example.com', subject: String(number), text: '', at: number });
    await appendFile(file, '{"to":"b@exam');
    await using sink = await startIn(temporary.directory);
    const mails = await sink.list();
    assert.equal(mails.length, 200);
    assert.equal(mails[0]?.subject, '203');
    await sink.send('a@example.com', 'newer', 'text');
    assert.equal((await sink.list())[0]?.subject, 'newer');
  });

  it('refuses a mail above 1 MB', async () => {
    await using temporary = await temporaryDirectory();
    await using sink = await startIn(temporary.directory);
    await assert.rejects(sink.send('a@example.com', 'Large', 'x'.repeat(2 * 1024 * 1024)));
    assert.deepEqual(await sink.list(), []);
  });

  it('answers only to the names of this machine, and only GET', async () => {
    await using temporary = await temporaryDirectory();
    await using sink = await startIn(temporary.directory);
    assert.equal((await fetch(sink.page, { method: 'POST' })).status, 405);
    assert.equal((await fetch(`${sink.page}/else`)).status, 404);
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${sink.page}/mails`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
    assert.equal(status, 403);
  });
});
