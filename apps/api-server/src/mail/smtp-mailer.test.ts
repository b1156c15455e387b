import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { ConfigError } from '@repo/service';
import { SMTPServer } from 'smtp-server';
import { MailRefusedError } from './mailer.ts';
import { createSmtpMailer, type SmtpConfig } from './smtp-mailer.ts';

const received: { from: string | false; to: string[]; source: string; user: string | undefined }[] = [];
let server: SMTPServer;
let config: SmtpConfig;

before(async () => {
  server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    // The certificate that comes with the package is not one that a client would trust.
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => done(auth.password === 'right' ? null : new Error('no'), { user: auth.username }),
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = Number(/^refused-([0-9]{3})@/.exec(address)?.[1] ?? 0);
      done(responseCode === 0 ? null : Object.assign(new Error('not here'), { responseCode }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? false : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
          user: session.user,
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  config = {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: (server.server.address() as AddressInfo).port,
    SMTP_TLS: false,
    SMTP_USER: undefined,
    SMTP_PASSWORD: undefined,
    MAIL_FROM: 'CFD-Broker <no-reply@broker.example>',
  };
});
after(() => new Promise<void>((resolve) => server.close(resolve)));
beforeEach(() => received.splice(0));

test('sends plain text to one address', async () => {
  const mailer = createSmtpMailer(config);
  await mailer.send({ to: 'ada@example.com', subject: 'Your code', text: 'It is 123456.\nGood luck.' });
  mailer.close();
  const [mail] = received;
  assert.equal(received.length, 1);
  assert.equal(mail?.from, 'no-reply@broker.example');
  assert.deepEqual(mail?.to, ['ada@example.com']);
  assert.match(mail?.source ?? '', /^Subject: Your code\r$/m);
  assert.match(mail?.source ?? '', /^Content-Type: text\/plain; charset=utf-8\r$/m);
  assert.match(mail?.source ?? '', /^It is 123456\.\r\nGood luck\.\r$/m);
});

test('an address cannot smuggle in headers or recipients', async () => {
  const mailer = createSmtpMailer(config);
  const to = 'ada@example.com, eve@example.com\r\nBcc: mallory@example.com';
  await mailer.send({ to, subject: 'Hello\r\nBcc: mallory@example.com', text: 'text' }).catch(() => {});
  mailer.close();
  for (const mail of received) {
    assert.equal(mail.to.length, 1);
    assert.doesNotMatch(mail.source, /^Bcc:/im);
  }
});

test('tells a refusal, which stays, from a failure, which may pass', async () => {
  const mailer = createSmtpMailer(config);
  const send = (to: string) => mailer.send({ to, subject: 'Hello', text: 'text' });
  await assert.rejects(send('refused-550@example.com'), MailRefusedError);
  await assert.rejects(send('refused-450@example.com'), (error) => !(error instanceof MailRefusedError));
  await send('ada@example.com');
  mailer.close();
  assert.equal(received.length, 1);
});

test('a server that is away is a failure that may pass', async () => {
  const mailer = createSmtpMailer({ ...config, SMTP_PORT: 1 });
  const sending = mailer.send({ to: 'ada@example.com', subject: 'Hello', text: 'text' });
  await assert.rejects(sending, (error) => !(error instanceof MailRefusedError));
  mailer.close();
});

test('a password is not sent without TLS', async () => {
  const mailer = createSmtpMailer({ ...config, SMTP_USER: 'user', SMTP_PASSWORD: 'right' });
  await assert.rejects(mailer.send({ to: 'ada@example.com', subject: 'Hello', text: 'text' }));
  mailer.close();
  assert.equal(received.length, 0);
});

test('without a server there is a clear word at the start', () => {
  assert.throws(() => createSmtpMailer({ ...config, SMTP_HOST: undefined }), ConfigError);
});
