import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, CookieJar } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import type { Prng } from '@repo/testing/prng';
import { type Answer, type ApiDoor, answerOf, openDoor } from './api-door.ts';
import type { CallContext } from './call.ts';
import type { Journal } from './journal.ts';
import type { MailReader } from './mail-reader.ts';
import { PASSWORD } from './password.ts';
import type { KeptSession } from './settle.ts';

const TRIES_MAX = 6;
const MAIL_WAIT_MS = 8_000;

export interface VirtualClientOptions {
  /** Names its addresses. */
  readonly name: string;
  readonly random: Prng;
  readonly doors: readonly ApiDoor[];
  readonly journal: Journal;
  readonly mails: MailReader;
}

/** One person after another: signs up, uses sessions at whichever api-server, signs out and in again. */
export class VirtualClient {
  readonly #options: VirtualClientOptions;
  #people = 0;
  #email = '';
  #cookies: CookieJar = createCookieJar();
  readonly #open: KeptSession[] = [];
  readonly #over: KeptSession[] = [];

  constructor(options: VirtualClientOptions) {
    this.#options = options;
  }

  /** Sessions that nobody has signed out. */
  get open(): readonly KeptSession[] {
    return this.#open;
  }

  /** Sessions that were signed out. */
  get over(): readonly KeptSession[] {
    return this.#over;
  }

  /** Until it is told to stop; what is asked then is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#people += 1;
      this.#email = `${this.#options.name}-${this.#people}@example.com`;
      this.#cookies = createCookieJar();
      if (!(await this.#signUp(signal))) continue;
      for (let visits = this.#options.random.between(2, 5); visits > 0 && !signal.aborted; visits -= 1) {
        await this.#visit(signal);
        // Some leave and stay signed in: that has to work to the end.
        if (visits === 1 && this.#options.random.chance(0.3)) {
          this.#open.push({ email: this.#email, cookies: this.#cookies });
          break;
        }
        await this.#signOut(signal);
        if (!(await this.#insist((client) => client.signin(this.#credentials), signal)).ok) break;
      }
    }
  }

  get #credentials() {
    return { email: this.#email, password: PASSWORD };
  }

  async #signUp(signal: AbortSignal): Promise<boolean> {
    const { mails } = this.#options;
    for (let round = 0; round < TRIES_MAX && !signal.aborted; round += 1) {
      const known = mails.codes(this.#email).length;
      const asked = await this.#ask((client) => client.signup(this.#credentials));
      if (!asked.ok && asked.code === 'too-many-requests') return false;
      // Also when nothing was answered: the mail may come all the same.
      const otp = await mails.newCode(this.#email, known, asked.ok ? MAIL_WAIT_MS : 500, signal);
      if (otp !== undefined) {
        const verified = await this.#insist((client) => client.verifyOtp({ email: this.#email, otp }), signal);
        if (verified.ok) return true;
        if (verified.code === 'code-exhausted') return false;
        // A lost answer may have been a yes.
        if ((await this.#ask((client) => client.signin(this.#credentials))).ok) return true;
      }
      await this.#pause(asked.ok ? 1 : 4, signal);
    }
    return false;
  }

  async #visit(signal: AbortSignal): Promise<void> {
    const { random } = this.#options;
    for (let steps = random.between(2, 6); steps > 0 && !signal.aborted; steps -= 1) {
      switch (random.weighted({ me: 4, prices: 3, refresh: 2 })) {
        case 'me':
          await this.#ask((client) => client.me());
          break;
        case 'prices':
          await this.#ask((client) => client.prices());
          break;
        case 'refresh':
          // Soon again when no answer came: the used token is good for ten seconds more.
          await this.#insist((client) => client.refresh(), signal);
          break;
      }
      await this.#pause(1, signal);
    }
  }

  /** Signs out, and tries what is left of the session at every api-server. */
  async #signOut(signal: AbortSignal): Promise<void> {
    const [door] = this.#options.doors;
    if (door === undefined) return;
    const cookies = this.#cookies.header(`${door.url}/api/v1`);
    if (!(await this.#insist((client) => client.logout(), signal)).ok) return;
    const stale: CookieJar = { header: () => cookies, store: () => {}, clear: () => {} };
    this.#over.push({ email: this.#email, cookies: stale });
    for (const at of this.#options.doors) {
      const context: CallContext = { client: this.#options.name, email: this.#email };
      await answerOf(openDoor(at, this.#options.journal, stale, context).me());
    }
  }

  /** Once, at any api-server. */
  async #ask<T>(ask: (client: ApiClient) => Promise<T>): Promise<Answer<T>> {
    const { random, doors, journal, name } = this.#options;
    return answerOf(ask(openDoor(random.pick(doors), journal, this.#cookies, { client: name, email: this.#email })));
  }

  /** Again, a few times, while the refusal may pass. */
  async #insist<T>(ask: (client: ApiClient) => Promise<T>, signal: AbortSignal): Promise<Answer<T>> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#ask(ask);
      if (answer.ok || !mayPass(answer.code) || tries === TRIES_MAX || signal.aborted) return answer;
      await this.#pause(2, signal);
    }
  }

  async #pause(factor: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.#options.random.between(50, 250) * factor;
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

function mayPass(code: string | undefined): boolean {
  return code === undefined || code === 'service-unavailable' || code === 'too-busy' || code === 'mail-unavailable';
}
