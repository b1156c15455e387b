import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, createLogger, createMetrics } from '@repo/service';
import { SMTPServer } from 'smtp-server';
import { until } from '../testing/until.ts';
import { MailQueue } from './mail-queue.ts';
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
    SMTP_URL: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
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
  const mailer = createSmtpMailer({ ...config, SMTP_URL: 'smtp://127.0.0.1:1' });
  const sending = mailer.send({ to: 'ada@example.com', subject: 'Hello', text: 'text' });
  await assert.rejects(sending, (error) => !(error instanceof MailRefusedError));
  mailer.close();
});

test('a password is not sent without TLS', async () => {
  const mailer = createSmtpMailer({ ...config, SMTP_URL: config.SMTP_URL?.replace('//', '//user:right@') });
  await assert.rejects(mailer.send({ to: 'ada@example.com', subject: 'Hello', text: 'text' }));
  mailer.close();
  assert.equal(received.length, 0);
});

test('without a server there is a clear word at the start', () => {
  assert.throws(() => createSmtpMailer({ ...config, SMTP_URL: undefined }), ConfigError);
});

const mail = { to: 'ada@example.com', subject: 'Your code is 123456', text: 'It is 123456.' };
const short = { stepMs: 300, mailMs: 600 };

/** A server of bytes that answers each connection as it likes. */
async function startBadServer(test: TestContext, onConnection: (socket: Socket) => void): Promise<SmtpConfig> {
  const sockets = new Set<Socket>();
  const bad = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket.resume());
  }).listen(0, '127.0.0.1');
  await once(bad, 'listening');
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    bad.close();
  });
  return { ...config, SMTP_URL: `smtp://127.0.0.1:${(bad.address() as AddressInfo).port}` };
}

async function msToFail(sending: Promise<void>): Promise<number> {
  const start = performance.now();
  await assert.rejects(sending, (error) => !(error instanceof MailRefusedError));
  return performance.now() - start;
}

test('a server that never greets is given up', async (context) => {
  const mailer = createSmtpMailer(await startBadServer(context, () => undefined), short);
  const late = await Promise.all(Array.from({ length: 8 }, () => msToFail(mailer.send(mail))));
  assert.ok(Math.max(...late) < 1_500, `${late.join(', ')} ms`);
  mailer.close();
});

test('a server that trickles its answer is given up', async (context) => {
  const trickling = await startBadServer(context, (socket) => {
    socket.write('220 hello\r\n');
    const timer = setInterval(() => socket.write('250-wait\r\n'), 50);
    socket.on('close', () => clearInterval(timer));
  });
  const mailer = createSmtpMailer(trickling, short);
  assert.ok((await msToFail(mailer.send(mail))) < 1_500);
  mailer.close();
});

test('a server that hangs up is a failure that may pass', async (context) => {
  let connections = 0;
  const config = await startBadServer(context, (socket) => {
    connections += 1;
    socket.end('220 hello\r\n');
  });
  const mailer = createSmtpMailer(config, short);
  await msToFail(mailer.send(mail));
  assert.equal(connections, 1, 'tried once');
  mailer.close();
});

test('keeps its connections for the next mails', async () => {
  const mailer = createSmtpMailer(config);
  let connections = 0;
  server.server.on('connection', () => (connections += 1));
  for (let count = 0; count < 5; count += 1) await mailer.send(mail);
  await Promise.all(Array.from({ length: 20 }, () => mailer.send(mail)));
  assert.equal(received.length, 25);
  assert.ok(connections <= 4, `${connections} connections`);
  mailer.close();
});

test('neither address nor code reaches the log, whatever goes wrong', async (context) => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
  const deliver = async (smtp: SmtpConfig, to: string) => {
    const mailer = createSmtpMailer(smtp, short);
    const metrics = createMetrics();
    const queue = new MailQueue({ mailer, logger, metrics, ageMaxMs: 300, backoffMs: 20 });
    const before = lines.length;
    queue.add({ ...mail, to });
    await until(() => lines.length > before);
    await queue.close();
    mailer.close();
    assert.match(await metrics.metrics(), /outcome="(?:refused|failed)"\} [1-9]/);
  };
  const rude = await startBadServer(context, (socket) => {
    socket.write('220 hello\r\n');
    socket.on('data', (data) => {
      const echoed = data.toString().trim().replaceAll('\r\n', ' ');
      socket.write(/^(?:EHLO|HELO)/.test(echoed) ? '250 rude\r\n' : `451 4.7.1 what do you mean, ${echoed}\r\n`);
    });
  });
  await deliver(config, 'refused-550@example.com');
  await deliver(config, 'refused-450@example.com');
  await deliver(config, 'ada@example.com, eve@example.com');
  await deliver(rude, 'ada@example.com');
  await deliver({ ...config, SMTP_URL: 'smtp://127.0.0.1:1' }, 'ada@example.com');
  await deliver({ ...config, SMTP_URL: config.SMTP_URL?.replace('//', '//ada:secret@') }, 'ada@example.com');
  assert.doesNotMatch(lines.join(''), /example\.com|123456|secret/);
  assert.match(lines.join(''), /EENVELOPE RCPT TO 550/);
  assert.match(lines.join(''), /ECONNREFUSED/);

  const mailer = createSmtpMailer(config);
  await assert.rejects(mailer.send({ ...mail, to: 'refused-550@example.com' }), (error) => {
    assert.doesNotMatch(inspect(error, { depth: 5 }), /example\.com/);
    return true;
  });
  mailer.close();
});
