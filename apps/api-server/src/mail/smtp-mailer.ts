import { ConfigError } from '@repo/service';
import { createTransport } from 'nodemailer';
import type { ApiServerConfig } from '../config.ts';
import type { Mailer } from './mailer.ts';
import { smtpFailure } from './smtp-failure.ts';

/** As many as the queue sends at once. */
const CONNECTIONS_MAX = 4;

export type SmtpConfig = Pick<ApiServerConfig, 'SMTP_URL' | 'MAIL_FROM'>;

export interface SmtpTimeouts {
  /** Of each step: connecting, the greeting, each answer. */
  readonly stepMs: number;
  /** Of a mail as a whole: a server may trickle its answers. */
  readonly mailMs: number;
}

/**
 * Sends by SMTP over a few connections that are kept for a while. Tries once: what to do after a failure is the
 * queue's to say.
 *
 * @throws ConfigError when no mail server is set.
 */
export function createSmtpMailer(
  config: SmtpConfig,
  timeouts: SmtpTimeouts = { stepMs: 10_000, mailMs: 20_000 },
): Mailer & { close(): void } {
  if (config.SMTP_URL === undefined) throw new ConfigError('SMTP_URL is not set: a mail server is needed.');
  const transport = createTransport({
    ...serverOf(config.SMTP_URL),
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    maxRequeues: 0,
    connectionTimeout: timeouts.stepMs,
    greetingTimeout: timeouts.stepMs,
    socketTimeout: timeouts.stepMs,
    dnsTimeout: timeouts.stepMs,
    // Mails are text that this program wrote: nothing in them may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({
          from: config.MAIL_FROM,
          to: { name: '', address: to },
          subject,
          text,
          signal: AbortSignal.timeout(timeouts.mailMs),
        });
      } catch (error) {
        throw smtpFailure(error);
      }
    },
    close: () => transport.close({ force: true }),
  };
}

function serverOf(text: string) {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const server = { host: url.hostname, port: Number(url.port) || (secure ? 465 : 587), secure };
  if (url.username === '') return server;
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return { ...server, auth, requireTLS: !secure };
}
