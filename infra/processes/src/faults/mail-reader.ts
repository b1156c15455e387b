import { setTimeout as delay } from 'node:timers/promises';
import { type Mail, MailboxSchema } from '@repo/schemas';

const POLL_MS = 100;
const POLL_TIMEOUT_MS = 5_000;

/** Reads the mail sink as it fills, and keeps every mail: the sink itself keeps the newest. */
export class MailReader {
  readonly #page: string;
  readonly #mails = new Map<string, Mail[]>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #newest: string | undefined;
  #missed = false;

  constructor(page: string) {
    this.#page = page;
    this.#running = this.#run();
  }

  /** Whether the sink may have dropped mails before they were read. */
  get missed(): boolean {
    return this.#missed;
  }

  /** The codes mailed to an address, oldest first; a mail that was delivered twice counts once. */
  codes(email: string): readonly string[] {
    const codes = this.#mails.get(email)?.map(({ text }) => /\b[0-9]{6}\b/.exec(text)?.[0]) ?? [];
    return [...new Set(codes.filter((code) => code !== undefined))];
  }

  /** The newest code, once there are more than `known`; undefined when none comes in time. */
  async newCode(email: string, known: number, waitMs: number, signal: AbortSignal): Promise<string | undefined> {
    for (const deadline = performance.now() + waitMs; performance.now() < deadline && !signal.aborted; ) {
      const codes = this.codes(email);
      if (codes.length > known) return codes.at(-1);
      await delay(POLL_MS / 4);
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#poll().catch(() => undefined); // the sink may be away
      await delay(POLL_MS);
    }
  }

  async #poll(): Promise<void> {
    const response = await fetch(`${this.#page}/mails`, { signal: AbortSignal.timeout(POLL_TIMEOUT_MS) });
    const newestFirst = MailboxSchema.parse(await response.json());
    const at = newestFirst.findIndex((mail) => keyOf(mail) === this.#newest);
    if (at === -1 && this.#newest !== undefined) this.#missed = true;
    for (const mail of newestFirst.slice(0, at === -1 ? undefined : at).toReversed()) {
      const to = /[^\s<>]+@[^\s<>]+/.exec(mail.to)?.[0] ?? mail.to;
      this.#mails.set(to, [...(this.#mails.get(to) ?? []), mail]);
      this.#newest = keyOf(mail);
    }
  }
}

function keyOf({ to, text, at }: Mail): string {
  return `${at} ${to} ${text}`;
}
