import { type AccountFrame, type CookieJar, createPriceStream } from '@repo/client';
import { WebSocket } from 'ws';
import { TimeUpError } from './time-up-error.ts';

type Update = Extract<AccountFrame, { readonly type: 'update' }>['data'];
type Account = Update['account'];

/** The channel `account` of a session: what the account is worth now, and all that has happened since. */
export class AccountWatch {
  /** Newest last. */
  readonly fills: Update['fills'][number][] = [];
  readonly notices: Update['notices'][number][] = [];
  readonly #stream: ReturnType<typeof createPriceStream>;
  readonly #listeners = new Set<() => void>();
  #account: Account | undefined;
  #failure: Error | undefined;

  constructor(options: { readonly ws: string; readonly origin: string; readonly cookies: CookieJar }) {
    const { ws, origin, cookies } = options;
    // In Node the handshake carries by hand what a browser adds by itself.
    const headers = () => ({ cookie: cookies.header(ws) ?? '' });
    this.#stream = createPriceStream({
      url: ws,
      webSocket: (url) => new WebSocket(url, { origin, headers: headers() }),
    });
    this.#stream.subscribe('account', (frame) => this.#take(frame));
    this.#stream.on('error', ({ code, message }) => {
      // The stream asks again by itself.
      if (code === 'service-unavailable') return;
      this.#failure = new Error(`The WebSocket says ${code}: ${message}`);
      this.#tell();
    });
  }

  get account(): Account | undefined {
    return this.#account;
  }

  /** Calls after each change. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with what `find` finds after some change. @throws TimeUpError */
  async until<T>(what: string, waitMs: number, find: () => T | undefined): Promise<T> {
    const found = Promise.withResolvers<T>();
    const look = () => {
      const value = find();
      if (value !== undefined) found.resolve(value);
      else if (this.#failure !== undefined) found.reject(this.#failure);
    };
    const timer = setTimeout(
      () => found.reject(new TimeUpError(`${what} did not happen in ${waitMs / 1_000} s`)),
      waitMs,
    );
    const stop = this.onChange(look);
    look();
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      stop();
    }
  }

  close(): void {
    this.#stream.close();
  }

  #take(frame: AccountFrame): void {
    this.#account = frame.data.account;
    if (frame.type === 'update') {
      this.fills.push(...frame.data.fills);
      this.notices.push(...frame.data.notices);
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
