import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { followTopic, type TopicFollower } from '@repo/kafka';
import { PriceUpdateSchema, type TradeEvent } from '@repo/schemas';
import { Prng } from '@repo/testing/prng';
import { readTopic } from '../faults/read-topic.ts';
import { auditBooks } from './audit-books.ts';
import { auditCalls } from './audit-calls.ts';
import { auditFigures } from './audit-figures.ts';
import { auditLedger } from './audit-ledger.ts';
import { auditOrders } from './audit-orders.ts';
import { auditTold } from './audit-told.ts';
import { readBooks } from './books.ts';
import { type Counts, countsOf } from './counts.ts';
import type { Finding } from './finding.ts';
import { assets } from './market.ts';
import { Published, type PublishedQuote } from './published.ts';
import { StopOutWatch } from './stop-out-watch.ts';
import { TradeJournal } from './trade-journal.ts';
import { Trader } from './trader.ts';
import type { Venue } from './venue.ts';

const TRADERS = 20;
const AUDIT_EVERY_MS = 1_000;
const RECOVERY_MS_MAX = 10_000;
const PATIENCE_MS = 60_000;
const results = resolve(import.meta.dirname, '../../../../test-results/trading');

export interface TradingRunOptions {
  readonly name: string;
  readonly seed: number;
  readonly venue: Venue;
  /** Between two moves of a trader, on average. */
  readonly pauseMs: number;
}

/** Something that goes wrong, and how it is put right. */
export interface Trouble {
  readonly name: string;
  /** Whether nothing can be decided or booked meanwhile. */
  readonly stops?: boolean;
  /** How long it lasts, ms; 0 unless told. */
  readonly lastsMs?: number;
  /** Whether it is over only when every process is ready again; so it is unless told. */
  readonly waitsForAll?: boolean;
  /** Does it; returns what puts it right, if anything does. */
  inflict(): Promise<(() => Promise<void>) | undefined | void>;
}

/** Twenty traders on an installation, the recordings of what it says, and the audits. */
export class TradingRun {
  readonly venue: Venue;
  readonly journal: TradeJournal;
  readonly published = new Published();
  /** Every event that was told, with when it came, ms of the monotonic clock. */
  readonly events: { readonly event: TradeEvent; readonly atMs: number }[] = [];
  /** When each live quote came: `asset sequence`. */
  readonly quotesAtMs = new Map<string, number>();
  readonly findings: Finding[] = [];
  readonly recoveries: { readonly fault: string; readonly servedMs: number; readonly last: string }[] = [];
  looks = 0;
  readonly #traders: readonly Trader[];
  readonly #probe: Trader;
  readonly #watch = new StopOutWatch();
  readonly #leaving = new AbortController();
  readonly #followers: TopicFollower[] = [];
  #isHurt = false;
  #load: Promise<unknown> = Promise.resolve();
  #looking: Promise<unknown> = Promise.resolve();

  private constructor(options: TradingRunOptions) {
    const { venue, name, seed, pauseMs } = options;
    this.venue = venue;
    this.journal = new TradeJournal(join(results, `${name}.ndjson`));
    const { doors, market } = venue;
    const trader = (who: string, index: number) =>
      new Trader({
        name: who,
        random: new Prng(seed + index),
        doors,
        journal: this.journal,
        market,
        codeOf: (email) => venue.codeOf(email),
        pauseMs,
      });
    this.#traders = Array.from({ length: TRADERS }, (_, index) => trader(`trader-${index + 1}`, index));
    this.#probe = trader('probe', TRADERS);
  }

  /** Resolves when all have accounts and trade. */
  static async start(options: TradingRunOptions): Promise<TradingRun> {
    const run = new TradingRun(options);
    await run.#record();
    for (const one of [run.#probe, ...run.#traders]) await one.signUp();
    run.#load = Promise.all(run.#traders.map((one) => one.run(run.#leaving.signal)));
    run.#load.catch(() => undefined); // told by `audit`
    run.#looking = run.#look();
    run.#looking.catch(() => undefined);
    return run;
  }

  get calls(): number {
    return this.journal.calls.length;
  }

  /** The accounts of those who trade by the API. */
  get accounts(): readonly string[] {
    return [this.#probe, ...this.#traders].map(({ account }) => account);
  }

  /** Does a fault and waits until everything serves again; 10: that takes ten seconds at most. */
  async inflict(trouble: Trouble): Promise<number> {
    const { name, stops = false, lastsMs = 0, waitsForAll = true } = trouble;
    const begunAtMs = performance.now();
    this.#isHurt = true;
    const heal = await trouble.inflict();
    const inEffectAtMs = performance.now();
    if (lastsMs > 0) await delay(lastsMs);
    const healingAtMs = performance.now();
    await heal?.();
    const healedAtMs = performance.now();
    const last = await this.#served(healedAtMs, waitsForAll);
    const recoveredAtMs = performance.now();
    const servedMs = Math.round(recoveredAtMs - healedAtMs);
    this.journal.fault({ fault: name, stops, begunAtMs, inEffectAtMs, healingAtMs, recoveredAtMs });
    this.recoveries.push({ fault: name, servedMs, last });
    this.#isHurt = false;
    if (servedMs > RECOVERY_MS_MAX)
      this.findings.push({ invariant: 10, what: `${name}: served after ${servedMs} ms, waiting for ${last} last` });
    return servedMs;
  }

  /** Ends the load, finds out what became of every request, and compares everything with everything. */
  async audit(): Promise<readonly Finding[]> {
    const { venue, journal, published } = this;
    this.#leaving.abort();
    await Promise.all([this.#load, this.#looking]);
    const unknown = await Promise.all([this.#probe, ...this.#traders].map((one) => one.resolve()));
    await venue.market.rest();
    await this.#quiet();
    for (const { value } of await readTopic(venue.kafka, 'price-updates')) {
      published.add(PriceUpdateSchema.parse(JSON.parse(value)));
    }
    const states = await Promise.all([this.#probe, ...this.#traders].map((one) => one.state()));
    const books = await readBooks(venue.pool, { withEvents: true });
    this.counts = {
      ...countsOf(books, journal.calls),
      resolved: unknown.reduce((sum, one) => sum + one),
      looks: this.looks,
    };
    for (const [index, one] of [this.#probe, ...this.#traders].entries()) {
      const state = states[index];
      if (state !== undefined) one.watch.fold.compare(state);
      this.findings.push(...one.watch.fold.findings);
    }
    this.findings.push(
      ...this.#watch.findings,
      ...auditBooks(books, published),
      ...auditCalls(journal.calls, journal.faults, books),
      ...auditFigures(
        books,
        published,
        states.map(({ account }) => account),
      ),
      ...auditTold(
        this.events.map(({ event }) => event),
        books.events,
      ),
    );
    return this.findings.toSorted((one, other) => one.invariant - other.invariant);
  }

  counts: Counts | undefined;

  async stop(): Promise<void> {
    this.#leaving.abort();
    await Promise.allSettled([this.#load, this.#looking]);
    for (const one of [this.#probe, ...this.#traders]) one.close();
    await Promise.all(this.#followers.map((follower) => follower.close()));
    this.journal.close();
  }

  async #record(): Promise<void> {
    const { kafka } = this.venue;
    this.#followers.push(
      followTopic(kafka, {
        topic: 'price-updates',
        onMessages: (messages) => {
          for (const { message } of messages) {
            this.published.add(message);
            this.quotesAtMs.set(`${message.asset} ${message.sequence}`, performance.now());
          }
        },
      }),
      followTopic(kafka, {
        topic: 'trade-events',
        onMessages: (messages) => {
          const atMs = performance.now();
          for (const { message } of messages) this.events.push({ event: message, atMs });
        },
      }),
    );
    await Promise.all(this.#followers.map(({ ready }) => ready));
  }

  /** 1, 2, 4 and 7 on one snapshot after the other. */
  async #look(): Promise<void> {
    while (!this.#leaving.signal.aborted) {
      await delay(AUDIT_EVERY_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
      const quotes = new Map<string, PublishedQuote>();
      for (const asset of assets) {
        const latest = this.published.latest(asset);
        if (latest !== undefined) quotes.set(asset, latest);
      }
      const nowMs = performance.now();
      // The database may be what is hurt.
      const books = await readBooks(this.venue.pool, { withEvents: false }).catch(() => undefined);
      if (books === undefined) continue;
      this.looks += 1;
      const { faults } = this.journal;
      this.#watch.look(books, quotes, { nowMs, faults, isDisturbed: this.#isHurt });
      const found = [...auditLedger(books), ...auditOrders(books)];
      this.findings.push(...found);
      if (found.length > 0) return;
    }
  }

  /** Returns what was waited for last. */
  async #served(healedAtMs: number, waitsForAll: boolean): Promise<string> {
    for (let last = 'nothing'; ; await delay(50)) {
      const isPaid = await this.#probe.probe();
      const away = isPaid && waitsForAll ? await this.venue.notReady() : [];
      if (isPaid && away.length === 0) return last;
      last = isPaid ? away.join(', ') : 'a deposit';
      if (performance.now() - healedAtMs > PATIENCE_MS) throw new Error(`no ${last} ${PATIENCE_MS} ms after healing`);
    }
  }

  /** Until nothing happens any more, no order is about to end by itself, and everything is told. */
  async #quiet(): Promise<void> {
    let before = '';
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await delay(300)) {
      const { pool } = this.venue;
      const { rows } = await pool.query('select shard, sequence::float8 from shards order by shard');
      const ending = await pool.query(
        `select from orders where status = 'accepted' and terms ->> 'timeInForce' = 'gtd'`,
      );
      if (ending.rows.length > 0) continue;
      const told = new Map<number, number>();
      for (const { event } of this.events) told.set(event.shard, Math.max(told.get(event.shard) ?? 0, event.sequence));
      const now = JSON.stringify(rows);
      // What came before the recording is told too.
      if (now === before && rows.every(({ shard, sequence }) => (told.get(shard) ?? sequence) === sequence)) return;
      before = now;
    }
    throw new Error('the books do not come to rest');
  }
}
