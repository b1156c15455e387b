import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:net';
import type { Mail } from '@repo/schemas';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream } from 'smtp-server';
import { HOST } from '../ports.ts';
import type { KeptMails } from './kept-mails.ts';
import { mailPage } from './mail-page.ts';
import { readMail } from './read-mail.ts';

const MAIL_BYTES_MAX = 1024 * 1024;

/** Takes every mail and sends none on: SMTP on one port, a page (`/`) and JSON (`/mails`, newest first) on another. */
export async function startMailSink(options: {
  readonly mails: KeptMails;
  readonly smtpPort: number;
  readonly pagePort: number;
}): Promise<{ close(): Promise<void> }> {
  const smtp = createSmtpServer((mail) => options.mails.add(mail));
  const page = createServer(showMails(options.mails, options.pagePort));
  await listening(smtp.server, options.smtpPort);
  await listening(page, options.pagePort);
  return {
    close: async () => {
      page.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(resolve)),
        new Promise<unknown>((resolve) => page.close(resolve)),
      ]);
    },
  };
}

function createSmtpServer(keep: (mail: Mail) => Promise<void>): SMTPServer {
  /** @returns why the mail is refused, or `null`. */
  const receive = async (stream: SMTPServerDataStream, to: readonly SMTPServerAddress[]): Promise<Error | null> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) if (!stream.sizeExceeded) chunks.push(chunk);
      if (stream.sizeExceeded) return Object.assign(new Error('the mail is too large'), { responseCode: 552 });
      const recipients = to.map(({ address }) => address).join(', ');
      await keep({ to: recipients, ...readMail(Buffer.concat(chunks)), at: Date.now() });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  return new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    size: MAIL_BYTES_MAX,
    closeTimeout: 1000,
    // The certificate that comes with the package is not one that a client would trust.
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => done(null, { user: auth.username }),
    onData: (stream, session, done) => {
      const answer = async () => done(await receive(stream, session.envelope.rcptTo));
      void answer();
    },
  });
}

function showMails(mails: KeptMails, port: number): RequestListener {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return (request, response) => {
    const answer = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(body);
    // A page elsewhere could point a name of its own at this machine and then read the codes as its own origin.
    if (!hosts.includes(request.headers.host ?? '')) answer(403, 'text/plain', 'only for this machine\n');
    else if (request.method !== 'GET') answer(405, 'text/plain', 'only GET\n');
    else if (request.url === '/mails') answer(200, 'application/json', JSON.stringify(mails.list()));
    else if (request.url === '/') answer(200, 'text/html', mailPage(mails.list()));
    else answer(404, 'text/plain', 'there are / and /mails\n');
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
}
