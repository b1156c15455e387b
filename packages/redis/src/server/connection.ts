import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { CacheUnavailableError } from '../port.ts';
import { asCacheError } from './as-cache-error.ts';
import { scripts } from './scripts.ts';

/** A call is given up after this, so that the port's 2 s hold with time to spare. */
const ANSWER_TIMEOUT_MS = 1_500;
/** A connection on which nothing moves is asked, and cut when it stays silent. */
const PING_EVERY_MS = 500;
const SILENCE_MAX_MS = 1_500;
const RECONNECT_BASE_MS = 25;
const RECONNECT_MAX_MS = 750;
const CALLS_WAITING_MAX = 10_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly keyPrefix?: string;
  /** What the server calls this client in `CLIENT LIST`. */
  readonly clientName?: string;
  /** Told of each change: the reason when the server goes away, `undefined` when it is there. */
  readonly onChange?: (reason: Error | undefined) => void;
}

type Client = ReturnType<typeof createRedisClient>;

/**
 * One connection that comes back by itself. Nothing is queued for a server that is away: a call fails at once, and
 * within 1.5 s when the server does not answer.
 */
export class Connection {
  readonly #client: Client;
  readonly #onChange: (reason: Error | undefined) => void;
  /** Until the first attempt is over calls wait for it. */
  readonly #firstAttempt: Promise<void>;
  #reason: Error | undefined;
  /** `undefined` until the first attempt is over. */
  #available: boolean | undefined;
  /** A call went without an answer: nothing more is sent, so that silence cuts the connection. */
  #deaf = false;
  #closing: Promise<void> | undefined;
  #failures = 0;

  constructor(options: ConnectionOptions) {
    this.#onChange = options.onChange ?? (() => undefined);
    this.#client = createRedisClient(options);
    this.#firstAttempt = new Promise((resolve) => {
      this.#client.once('ready', resolve);
      this.#client.once('error', () => resolve());
    });
    this.#client.on('ready', () => this.#changed(undefined));
    this.#client.on('error', (error: Error) => this.#changed(error));
    this.#client.connect().catch(() => undefined); // rejects only when it is closed before
  }

  /** Calls that rejected with `CacheUnavailableError`. */
  get failures(): number {
    return this.#failures;
  }

  /** Makes a call; a failure of the server or of the way to it rejects with `CacheUnavailableError`. */
  async run<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.#ask(call);
    } catch (error) {
      if (error instanceof CacheUnavailableError) this.#failures += 1;
      throw error;
    }
  }

  /** Lets the calls in hand end, within reason. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #ask<T>(call: (client: Client) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#deaf = true;
        reject(new CacheUnavailableError(`Redis did not answer within ${ANSWER_TIMEOUT_MS} ms`));
      }, ANSWER_TIMEOUT_MS);
      const answer = this.#client.isReady ? this.#send(call) : this.#firstAttempt.then(() => this.#send(call));
      answer.then(
        (value) => {
          clearTimeout(timer);
          this.#deaf = false;
          // A ping that was refused, e.g. by a server that loads, counts as away and no connection is made anew.
          if (this.#available === false && this.#client.isReady) this.#changed(undefined);
          resolve(value);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(asCacheError(error));
        },
      );
    });
  }

  async #send<T>(call: (client: Client) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new CacheUnavailableError('the connection to Redis is closed');
    if (this.#deaf) throw new CacheUnavailableError('Redis does not answer');
    if (!this.#client.isReady)
      throw new CacheUnavailableError(`Redis is away: ${this.#reason?.message}`, { cause: this.#reason });
    return call(this.#client);
  }

  async #close(): Promise<void> {
    if (this.#client.isReady) {
      const late = new AbortController();
      await Promise.race([this.#client.close(), delay(ANSWER_TIMEOUT_MS, undefined, { signal: late.signal })]);
      late.abort();
    }
    this.#client.destroy();
  }

  #changed(reason: Error | undefined): void {
    const available = reason === undefined;
    const changed = available !== this.#available;
    this.#available = available;
    this.#reason = reason;
    if (available) this.#deaf = false;
    if (changed && this.#closing === undefined) this.#onChange(reason);
  }
}

function createRedisClient({ url, keyPrefix, clientName }: ConnectionOptions) {
  const { protocol, hostname } = new URL(url);
  return createClient({
    url,
    name: clientName ?? 'cfd-broker',
    ...(keyPrefix === undefined || keyPrefix === '' ? {} : { keyPrefix }),
    scripts,
    disableOfflineQueue: true,
    commandsQueueMaxLength: CALLS_WAITING_MAX,
    commandOptions: { timeout: 0 }, // it ends when the command is written; ours ends with the answer
    maintNotifications: 'disabled',
    pingInterval: PING_EVERY_MS,
    socket: {
      ...(protocol === 'rediss:' ? { tls: true, servername: hostname } : {}),
      connectTimeout: ANSWER_TIMEOUT_MS,
      socketTimeout: SILENCE_MAX_MS,
      reconnectStrategy: (retries) =>
        RECONNECT_BASE_MS * (1 + Math.random()) +
        Math.random() * Math.min(RECONNECT_BASE_MS * 2 ** retries, RECONNECT_MAX_MS),
    },
  });
}
