import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, ApiError, type CookieJar, NetworkError } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import type { AccountState } from '@repo/schemas';
import type { Prng } from '@repo/testing/prng';
import type { ApiDoor } from '../faults/api-door.ts';
import { PASSWORD } from '../faults/password.ts';
import { AccountWatch } from './account-watch.ts';
import { type Move, makeMove } from './make-move.ts';
import type { Market } from './market.ts';
import { openTradeDoor } from './trade-door.ts';
import type { TradeJournal } from './trade-journal.ts';

const SETUP_MS_MAX = 60_000;
const AGAIN_MS = 250;

export interface TraderOptions {
  /** Names its address and its requests. */
  readonly name: string;
  readonly random: Prng;
  readonly doors: readonly ApiDoor[];
  readonly journal: TradeJournal;
  readonly market: Market;
  /** The newest code mailed to an address, once there is one. */
  readonly codeOf: (email: string) => Promise<string | undefined>;
  /** Between two moves. */
  readonly pauseMs: number;
}

/** What was asked under a name, to be asked again. */
interface Named {
  readonly send: () => Promise<unknown>;
  isDecided: boolean;
}

/** Somebody who signs up and trades his first account, at whichever api-server, as the seed has it. */
export class Trader {
  readonly #options: TraderOptions;
  readonly #cookies: CookieJar = createCookieJar();
  readonly #clients: readonly ApiClient[];
  readonly #named = new Map<string, Named>();
  #account = '';
  #watch: AccountWatch | undefined;
  /** What the last look at the account showed. */
  #seen: Pick<AccountState, 'orders' | 'positions'> & { freeMargin: number } = {
    orders: [],
    positions: [],
    freeMargin: 0,
  };

  constructor(options: TraderOptions) {
    const { name, doors, journal } = options;
    this.#options = options;
    this.#clients = doors.map((door) =>
      openTradeDoor({ door, journal, cookies: this.#cookies, trader: name, account: () => this.#account }),
    );
  }

  get account(): string {
    return this.#account;
  }

  get watch(): AccountWatch {
    if (this.#watch === undefined) throw new Error(`${this.#options.name} has not signed up`);
    return this.#watch;
  }

  /** Resolves when it has a funded account and follows it. */
  async signUp(): Promise<void> {
    const { name, codeOf, doors } = this.#options;
    const [client] = this.#clients as [ApiClient];
    const email = `${name}@example.com`;
    await client.signup({ email, password: PASSWORD });
    const otp = await codeOf(email);
    if (otp === undefined) throw new Error(`no code for ${email}`);
    await client.verifyOtp({ email, otp });
    for (const deadline = performance.now() + SETUP_MS_MAX; this.#account === ''; await delay(AGAIN_MS)) {
      const accounts = await answered(() => client.accounts());
      this.#account = accounts?.items[0]?.id ?? '';
      if (performance.now() > deadline) throw new Error(`${name} has no account after ${SETUP_MS_MAX} ms`);
    }
    const door = this.#options.random.pick(doors);
    this.#watch = new AccountWatch(door, this.#cookies, () => client.me());
  }

  /** Until it is told to stop; what is asked then is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, market, pauseMs } = this.#options;
    while (!signal.aborted) {
      if (random.chance(0.5)) await this.#look();
      await this.#carryOut(makeMove({ random, market, ...this.#seen, account: this.#account }));
      await delay(random.between(0, 2 * pauseMs));
    }
  }

  /** Asks for the names of which nobody knows what became of them, until that is known. */
  async resolve(): Promise<number> {
    let unknown = 0;
    for (const named of this.#named.values()) {
      if (named.isDecided) continue;
      unknown += 1;
      for (const deadline = performance.now() + SETUP_MS_MAX; ; await delay(AGAIN_MS)) {
        named.isDecided = await isDecided(named.send);
        if (named.isDecided) break;
        if (performance.now() > deadline) throw new Error('a name is not decided after a minute');
      }
    }
    return unknown;
  }

  /** What the API says of the account now. */
  async state(): Promise<AccountState> {
    const [client] = this.#clients as [ApiClient];
    const of = { accountId: this.#account };
    const orders: AccountState['orders'] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await client.orders({ ...of, status: 'open', ...(cursor !== undefined && { cursor }) });
      orders.push(...page.items);
      cursor = page.nextCursor;
    }
    return { account: await client.account(of), orders, positions: (await client.positions(of)).items };
  }

  /** Whether money can be paid in at every api-server. */
  async probe(): Promise<boolean> {
    const paid = await Promise.all(
      this.#clients.map(async (client) => {
        const body = { clientRequestId: randomUUID(), amount: '0.01' };
        const send = () => client.deposit(this.#account, body);
        const isDecidedNow = await isDecided(send);
        this.#named.set(body.clientRequestId, { send, isDecided: isDecidedNow });
        return isDecidedNow;
      }),
    );
    return paid.every(Boolean);
  }

  close(): void {
    this.#watch?.close();
  }

  async #look(): Promise<void> {
    const state = await answered(() => this.state());
    if (state === undefined) return;
    const { orders, positions, account } = state;
    this.#seen = { orders, positions, freeMargin: Number(account.freeMargin) };
  }

  async #carryOut({ name, send, times }: Move): Promise<void> {
    const client = this.#options.random.pick(this.#clients);
    const asked = Array.from({ length: times }, () => isDecided(() => send(client)));
    const isDecidedNow = (await Promise.all(asked)).every(Boolean);
    // The first body under a name is the one to insist on.
    if (name === undefined || this.#named.has(name)) return;
    this.#named.set(name, { send: () => send(client), isDecided: isDecidedNow });
  }
}

async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError || error instanceof NetworkError) return undefined;
    throw error;
  }
}

/** Whether there was an answer, yes or no. */
async function isDecided(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof NetworkError) return false;
    if (error instanceof ApiError) return error.status < 500 && error.status !== 429;
    throw error;
  }
}
