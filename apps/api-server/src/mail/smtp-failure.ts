import { MailRefusedError } from './mailer.ts';

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** Failures on the way to the server; their words name machines, not people. */
const NETWORK = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ETLS', 'EABORT']);

/**
 * A failure to send in words fit for a log: the server's own answers repeat addresses, of which the reply codes
 * (RFC 5321 §4.2, RFC 3463) are kept.
 *
 * A 5xx answer to the envelope or the message concerns this mail, as does an envelope that cannot be sent at all: that
 * is a `MailRefusedError`. To anything else (greeting, login) it concerns us, and may be mended.
 */
export function smtpFailure(error: unknown): Error {
  const { code = '', command, response, responseCode } = error as SmtpError;
  const enhanced = /^[0-9]{3}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})\b/.exec(response ?? '')?.[1];
  const reason = NETWORK.has(code) && response === undefined && error instanceof Error ? error.message : undefined;
  const words = [code, command, responseCode, enhanced, reason].filter((word) => word !== undefined && word !== '');
  const ours = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (ours && (responseCode === undefined || responseCode >= 500)) {
    return new MailRefusedError(`the mail was refused: ${words.join(' ')}`);
  }
  return new Error(`the mail was not delivered: ${words.join(' ')}`);
}
