import { setTimeout as delay } from 'node:timers/promises';
import type { CookieJar } from '@repo/client';
import { type ApiDoor, ORIGIN } from '../faults/api-door.ts';
import { AccountFold } from './account-fold.ts';

const AGAIN_MS = 200;

/** A subscriber of one account for the whole of a run, who comes back whenever his connection ends. */
export class AccountWatch {
  readonly fold = new AccountFold('account');
  readonly #door: ApiDoor;
  readonly #cookies: CookieJar;
  /** Renews the session, since a socket cannot. */
  readonly #renew: () => Promise<unknown>;
  #socket: WebSocket | undefined;
  #isClosed = false;

  constructor(door: ApiDoor, cookies: CookieJar, renew: () => Promise<unknown>) {
    this.#door = door;
    this.#cookies = cookies;
    this.#renew = renew;
    this.#open();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #open(): void {
    const cookie = this.#cookies.header(`${this.#door.url}/api/v1`) ?? '';
    const socket = new WebSocket(this.#door.webSocketUrl, { headers: { origin: ORIGIN, cookie } });
    this.#socket = socket;
    const subscribe = () => socket.send(JSON.stringify({ op: 'subscribe', channels: ['account'] }));
    socket.addEventListener('open', subscribe);
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      this.fold.take(text);
      // The books are away, or the user has no account yet.
      if (text.includes('"type":"error"')) setTimeout(() => socket.readyState === 1 && subscribe(), AGAIN_MS);
    });
    socket.addEventListener('close', () => void this.#again());
    socket.addEventListener('error', () => undefined);
  }

  async #again(): Promise<void> {
    this.fold.disconnected();
    await delay(AGAIN_MS);
    await this.#renew().catch(() => undefined);
    if (!this.#isClosed) this.#open();
  }
}
