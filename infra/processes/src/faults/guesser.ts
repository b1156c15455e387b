import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { type Answer, answerOf, openDoor } from './api-door.ts';
import type { CallContext } from './call.ts';
import { PASSWORD } from './password.ts';
import type { VirtualClientOptions } from './virtual-client.ts';

const CODES = 8;
const PASSWORDS = 12;
const SENDS = 7;
const MAIL_WAIT_MS = 8_000;
const PAUSE_MS = 3_000;

/** Somebody who goes beyond what an account allows, one address after another. */
export class Guesser {
  readonly #options: VirtualClientOptions;
  readonly #turn: (email: string, signal: AbortSignal) => Promise<void>;
  #addresses = 0;

  /** @param what they try by the handful, or have sent as fast as it goes. */
  constructor(what: 'codes' | 'passwords' | 'mails', options: VirtualClientOptions) {
    this.#options = options;
    this.#turn = {
      codes: this.#guessCodes.bind(this),
      passwords: this.#guessPasswords.bind(this),
      mails: this.#flood.bind(this),
    }[what];
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#addresses += 1;
      const email = `${this.#options.name}-${this.#addresses}@example.com`;
      await this.#turn(email, signal);
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Wrong codes all at once, at all doors. */
  async #guessCodes(email: string, signal: AbortSignal): Promise<void> {
    const right = await this.#askForCode(email, 'code', signal);
    if (right === undefined) return;
    const otp = String((Number(right) + this.#options.random.between(1, 900_000)) % 1_000_000).padStart(6, '0');
    await Promise.all(
      Array.from({ length: CODES }, (_, turn) =>
        this.#ask(turn, { email, guess: 'code', wrong: true }, (client) => client.verifyOtp({ email, otp })),
      ),
    );
  }

  /** Wrong passwords of an account, then the right one at every door. */
  async #guessPasswords(email: string, signal: AbortSignal): Promise<void> {
    const otp = await this.#askForCode(email, 'password', signal);
    const context = { email, guess: 'password' } as const;
    if (otp === undefined || !(await this.#ask(0, context, (client) => client.verifyOtp({ email, otp }))).ok) return;
    for (let turn = 0; turn < PASSWORDS && !signal.aborted; turn += 1) {
      const password = `${PASSWORD} ${turn}`;
      await this.#ask(turn, { ...context, wrong: true }, (client) => client.signin({ email, password }));
    }
    for (const turn of this.#options.doors.keys()) {
      await this.#ask(turn, context, (client) => client.signin({ email, password: PASSWORD }));
    }
  }

  async #flood(email: string, signal: AbortSignal): Promise<void> {
    const context = { email, guess: 'code' } as const;
    await this.#ask(0, context, (client) => client.signup({ email, password: PASSWORD }));
    for (let turn = 1; turn < SENDS && !signal.aborted; turn += 1) {
      await this.#ask(turn, context, (client) => client.resendOtp({ email }));
    }
  }

  async #askForCode(email: string, guess: 'code' | 'password', signal: AbortSignal): Promise<string | undefined> {
    const asked = await this.#ask(0, { email, guess }, (client) => client.signup({ email, password: PASSWORD }));
    return asked.ok ? this.#options.mails.newCode(email, 0, MAIL_WAIT_MS, signal) : undefined;
  }

  #ask<T>(
    turn: number,
    context: Omit<CallContext, 'client'>,
    ask: (client: ApiClient) => Promise<T>,
  ): Promise<Answer<T>> {
    const { doors, journal, name } = this.#options;
    const door = doors[turn % doors.length];
    if (door === undefined) throw new RangeError('there is no api-server to ask');
    return answerOf(ask(openDoor(door, journal, createCookieJar(), { client: name, ...context })));
  }
}
