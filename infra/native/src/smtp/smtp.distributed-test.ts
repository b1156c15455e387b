import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MailboxSchema } from '@repo/schemas';
import { createTransport } from 'nodemailer';
import { type RunningServers, startServers } from '../index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

describe('the mail sink, as a process', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: RunningServers;

  before(async () => {
    temporary = await temporaryDirectory();
    servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['smtp'] });
  });
  beforeEach(() => servers.smtp.start());
  after(async () => {
    await servers.stop();
    await temporary[Symbol.asyncDispose]();
  });

  const send = async (subject: string) => {
    const { SMTP_URL } = servers.environment;
    const transport = createTransport({ url: SMTP_URL, connectionTimeout: 1000, greetingTimeout: 1000 });
    await transport.sendMail({ from: 'broker@example.com', to: 'ada@example.com', subject, text: 'text' });
  };
  const subjects = async () => {
    const response = await fetch(`${servers.smtp.page}/mails`, { signal: AbortSignal.timeout(1000) });
    return MailboxSchema.parse(await response.json()).map(({ subject }) => subject);
  };

  for (const way of ['stop', 'kill'] as const) {
    it(`keeps mails over ${way}`, async () => {
      await send(`before ${way}`);
      await servers.smtp[way]();
      await assert.rejects(send('never'));
      await servers.smtp.start();
      assert.equal((await subjects())[0], `before ${way}`);
    });
  }

  it('answers nothing while it is paused', async () => {
    await servers.smtp.pause();
    await assert.rejects(send('never'));
    await assert.rejects(subjects());
    await servers.smtp.resume();
    await send('after the pause');
    assert.equal((await subjects())[0], 'after the pause');
  });
});
