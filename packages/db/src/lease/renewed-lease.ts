import { isDatabaseUnavailable } from '../database-unavailable.ts';
import { type Database, type HeldLease, LeaseLostError } from '../port.ts';
import { releaseLease } from './release-lease.ts';
import { renewLease } from './renew-lease.ts';

/** Of the time to live: renewed after the first part, and not believed in beyond the second. */
const RENEW_AFTER = 1 / 4;
const HELD_FOR = 3 / 4;
const RETRY_AFTER = 1 / 20;

interface Acquired {
  readonly name: string;
  readonly epoch: number;
  readonly ttlMs: number;
  /** When it was asked for, by the monotonic clock: the database's time to live began later. */
  readonly askedAtMs: number;
}

/** A lease in hand, renewed in the background. Keeps no process alive. */
export class RenewedLease implements HeldLease {
  readonly #db: Database;
  readonly #acquired: Acquired;
  readonly #ending = new AbortController();
  #heldUntilMs: number;
  #renewing: NodeJS.Timeout;
  #expiring: NodeJS.Timeout | undefined;

  constructor(db: Database, acquired: Acquired) {
    this.#db = db;
    this.#acquired = acquired;
    this.#heldUntilMs = acquired.askedAtMs + HELD_FOR * acquired.ttlMs;
    this.#renewing = this.#renewIn(RENEW_AFTER);
    this.#watch();
  }

  get epoch(): number {
    return this.#acquired.epoch;
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  isHeld(): boolean {
    if (performance.now() >= this.#heldUntilMs) this.#end(new LeaseLostError('it was not renewed in time'));
    return !this.#ending.signal.aborted;
  }

  async release(): Promise<void> {
    if (!this.isHeld()) return;
    this.#end(new LeaseLostError('it was released'));
    try {
      await releaseLease(this.#db, this.#acquired.name, this.#acquired.epoch);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error; // else it is over by itself
    }
  }

  #renewIn(part: number): NodeJS.Timeout {
    return setTimeout(() => void this.#renew(), part * this.#acquired.ttlMs).unref();
  }

  async #renew(): Promise<void> {
    const { name, epoch, ttlMs } = this.#acquired;
    const askedAtMs = performance.now();
    let next = RENEW_AFTER;
    try {
      if (await renewLease(this.#db, name, epoch, ttlMs)) this.#heldUntilMs = askedAtMs + HELD_FOR * ttlMs;
      else this.#end(new LeaseLostError('another has it'));
    } catch {
      next = RETRY_AFTER; // until the time is up
    }
    if (this.isHeld()) this.#renewing = this.#renewIn(next);
  }

  /** Ends it when its time is up, though nobody asks. */
  #watch(): void {
    if (!this.isHeld()) return;
    this.#expiring = setTimeout(() => this.#watch(), Math.ceil(this.#heldUntilMs - performance.now())).unref();
  }

  #end(reason: LeaseLostError): void {
    clearTimeout(this.#renewing);
    clearTimeout(this.#expiring);
    this.#ending.abort(reason);
  }
}
