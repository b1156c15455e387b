import type { Mail } from '@repo/schemas';
import type { Mailer } from './mailer.ts';

const MAILS_MAX = 200;

/** Keeps mails instead of sending them, for the standalone profile and for tests. */
export interface Mailbox extends Mailer {
  /** Newest first. */
  list(): readonly Mail[];
}

/** A mailbox in memory that keeps the newest 200 mails. */
export function createMailbox(): Mailbox {
  const mails: Mail[] = [];
  return {
    async send({ to, subject, text }) {
      mails.unshift({ to, subject, text, at: Date.now() });
      mails.length = Math.min(mails.length, MAILS_MAX);
    },
    list: () => [...mails],
  };
}
