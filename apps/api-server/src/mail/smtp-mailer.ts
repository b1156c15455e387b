import { ConfigError } from '@repo/service';
import { createTransport } from 'nodemailer';
import type { ApiServerConfig } from '../config.ts';
import { type Mailer, MailRefusedError } from './mailer.ts';

const TIMEOUT_MS = 10_000;

export type SmtpConfig = Pick<
  ApiServerConfig,
  'SMTP_HOST' | 'SMTP_PORT' | 'SMTP_TLS' | 'SMTP_USER' | 'SMTP_PASSWORD' | 'MAIL_FROM'
>;

/**
 * Sends by SMTP, every step bounded in time.
 *
 * @throws ConfigError when no mail server is set.
 */
export function createSmtpMailer(config: SmtpConfig): Mailer & { close(): void } {
  if (config.SMTP_HOST === undefined) throw new ConfigError('SMTP_HOST is not set: a mail server is needed.');
  const { SMTP_USER: user, SMTP_PASSWORD: pass } = config;
  const transport = createTransport({
    host: config.SMTP_HOST,
    port: config.SMTP_PORT,
    secure: config.SMTP_TLS,
    ...(user === undefined || pass === undefined ? {} : { auth: { user, pass }, requireTLS: !config.SMTP_TLS }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    // Mails are text that this program wrote: nothing in them may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({ from: config.MAIL_FROM, to: { name: '', address: mail.to }, ...textOf(mail) });
      } catch (error) {
        throw isRefusal(error) ? new MailRefusedError('the mail server refused the mail', { cause: error }) : error;
      }
    },
    close: () => transport.close(),
  };
}

function textOf(mail: { subject: string; text: string }) {
  return { subject: mail.subject, text: mail.text };
}

// A 5xx answer to the envelope or the message concerns this mail (RFC 5321 §4.2.1); to anything else (greeting,
// login) it concerns us, and may be mended.
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}
