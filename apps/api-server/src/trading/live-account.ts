import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedAccount } from '@repo/db';
import type { AccountState, AccountUpdate } from '@repo/schemas';
import { monotonicMs } from '@repo/service';
import type { Event, Quote } from '@repo/trading-core';
import type { AccountListener } from './account-board.ts';
import { AccountBook } from './account-book.ts';
import { AccountView } from './account-view.ts';

/** Events that are kept while the account is loaded; more than that, and it is loaded again. */
const WAITING_MAX = 10_000;
/** Least time between two loads of an account, ms. */
const RELOAD_MS = 1_000;

export type RestartReason = 'lost-events' | 'invalid-event' | 'unfit-event' | 'too-many-events' | 'not-loaded';

export interface LiveAccountOptions {
  readonly shard: number;
  readonly load: () => Promise<LoadedAccount | undefined>;
  readonly quotes: () => Iterable<Quote>;
  /** Told of each load that has to be repeated, with the error where there is one. */
  readonly onRestart: (reason: RestartReason, error?: unknown) => void;
  /** Least time between two loads, ms; 1 s unless told. */
  readonly reloadMs?: number;
}

/** The books have no account with this id. */
export class NoSuchAccountError extends Error {
  override readonly name = 'NoSuchAccountError';
}

/**
 * One account, followed: events that come while it is loaded wait, and those that the books did not know yet are folded
 * in afterwards. What cannot be trusted any more is loaded anew.
 */
export class LiveAccount {
  /** Resolves with the first state; rejects when the first load fails. */
  readonly loaded: Promise<void>;
  readonly #options: LiveAccountOptions;
  readonly #views = new Map<AccountListener, AccountView | undefined>();
  readonly #closing = new AbortController();
  /** Absent while it is loaded. */
  #book: AccountBook | undefined;
  #waiting: Event[] = [];
  /** What is being loaded may lack something. */
  #isDoubtful = false;
  #loadedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LiveAccountOptions) {
    this.#options = options;
    this.loaded = this.#load(true);
    // Whoever watches is told; where nobody is left there is nobody to tell.
    this.loaded.catch(() => undefined);
  }

  get shard(): number {
    return this.#options.shard;
  }

  get isWatched(): boolean {
    return this.#views.size > 0;
  }

  /** Returns how to leave. The listener is told when there is a state, at the end of this turn where there is one. */
  join(listener: AccountListener): () => void {
    this.#views.set(listener, this.#book && new AccountView(this.#book));
    queueMicrotask(() => {
      if (this.#book !== undefined && this.#views.has(listener)) listener.onState();
    });
    return () => void this.#views.delete(listener);
  }

  stateFor(listener: AccountListener): AccountState | undefined {
    this.#book?.value(this.#options.quotes());
    return this.#book && this.#views.get(listener)?.state();
  }

  takeFor(listener: AccountListener): AccountUpdate | undefined {
    this.#book?.value(this.#options.quotes());
    return this.#book && this.#views.get(listener)?.take();
  }

  /** Folds an event in, or keeps it until the account is loaded. */
  take(event: Event): void {
    if (this.#book === undefined) {
      this.#waiting.push(event);
      if (this.#waiting.length > WAITING_MAX) this.restart('too-many-events');
      return;
    }
    try {
      const change = this.#book.apply(event);
      if (change === undefined) return;
      for (const [listener, view] of this.#views) {
        view?.note(change);
        listener.onChange();
      }
    } catch (error) {
      this.restart('unfit-event', error);
    }
  }

  /** Values the account at the latest prices, and tells who watches when its figures have moved. @returns whether it did. */
  value(): boolean {
    if (this.#book?.isExposed !== true) return false;
    this.#book.value(this.#options.quotes());
    for (const [listener, view] of this.#views) if (view?.hasMoved === true) listener.onChange();
    return true;
  }

  /** What is in memory is not to be trusted: loads it anew. */
  restart(reason: RestartReason, error?: unknown): void {
    this.#options.onRestart(reason, error);
    this.#waiting = [];
    if (this.#book === undefined) {
      this.#isDoubtful = true;
      return;
    }
    this.#book = undefined;
    void this.#load(false);
  }

  close(): void {
    this.#closing.abort();
  }

  /** @throws when it is the first load and the books cannot be read, or have no such account. */
  async #load(isFirst: boolean): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#pause();
      // Whatever came before now is in the books already.
      this.#waiting = [];
      this.#isDoubtful = false;
      try {
        const loaded = await this.#options.load();
        if (loaded === undefined) throw new NoSuchAccountError('there is no such account');
        if (signal.aborted) return;
        if (!this.#isDoubtful) {
          this.#begin(loaded);
          return;
        }
      } catch (error) {
        if (isFirst) throw error;
        if (!signal.aborted) this.#options.onRestart('not-loaded', error);
      }
    }
  }

  #begin(loaded: LoadedAccount): void {
    const book = new AccountBook(loaded);
    book.value(this.#options.quotes());
    for (const event of this.#waiting) book.apply(event);
    this.#waiting = [];
    this.#book = book;
    for (const [listener, view] of this.#views) {
      if (view === undefined) this.#views.set(listener, new AccountView(book));
      else view.restart(book);
      listener.onState();
    }
  }

  async #pause(): Promise<void> {
    const { reloadMs = RELOAD_MS } = this.#options;
    const waitMs = this.#loadedAtMs + reloadMs - monotonicMs();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    this.#loadedAtMs = monotonicMs();
  }
}
