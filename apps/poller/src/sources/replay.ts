import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Logger, monotonicMs } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import { readLines } from './read-lines.ts';
import { type RecordedFrame, readRecordedLine } from './recorded-line.ts';
import type { FeedHandlers, PriceFeed } from './source.ts';
import { recordedSymbols } from './symbols.ts';

interface ReplayFeedOptions {
  readonly path: string;
  /** 1 is as recorded, 2 twice as fast, `Infinity` as fast as the readers take it. */
  readonly speed: number;
  readonly loop: boolean;
  readonly instruments: readonly Instrument[];
  readonly logger: Logger;
}

// So few that the publisher takes them without leaving any out, and the rest of the process has its turn.
const LINES_PER_TURN_MAX = 100;
// Longer waits are cut up: a timer holds no more than 24 days.
const SLEEP_MS_MAX = 3_600_000;

/** Plays a recording of frames at any speed. */
export class ReplayFeed implements PriceFeed {
  readonly source = 'replay';
  readonly #options: ReplayFeedOptions;
  readonly #assets = new Map<string, string>();
  readonly #symbols = new Map<string, string>();
  readonly #stopping = new AbortController();
  #playing: Promise<void> = Promise.resolve();
  #epoch = 0;

  constructor(options: ReplayFeedOptions) {
    this.#options = options;
    for (const instrument of options.instruments) {
      for (const symbol of recordedSymbols(instrument)) this.#assets.set(symbol, instrument.asset);
    }
  }

  start(handlers: FeedHandlers): void {
    this.#playing = this.#run(handlers);
  }

  /** Nothing to ask for: a recording says what it says. */
  renew(): void {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#playing;
  }

  async #run(handlers: FeedHandlers): Promise<void> {
    const { path, loop, logger } = this.#options;
    try {
      do {
        // A loop is a new connection: its update ids begin again.
        this.#epoch += 1;
        handlers.onConnection(this.source, 'open');
        await this.#playOnce(handlers);
        if (this.#stopping.signal.aborted) return;
        handlers.onConnection(this.source, 'closed');
      } while (loop);
      logger.info({ path }, 'the recording is over: no more prices will come');
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      handlers.onConnection(this.source, 'closed');
      logger.error({ err: error, path }, 'the recording cannot be read further: no more prices will come');
    }
  }

  async #playOnce(handlers: FeedHandlers): Promise<void> {
    const { path, speed } = this.#options;
    const { signal } = this.#stopping;
    const startedAtMs = monotonicMs();
    let firstNs: bigint | undefined;
    let sinceTurn = 0;
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        if (signal.aborted) return;
        const recorded = readRecordedLine(line);
        if (recorded !== undefined && speed !== Number.POSITIVE_INFINITY) {
          firstNs ??= recorded.atNs;
          // Counted from the start, not from the line before: waits that end late do not add up.
          await sleepUntil(startedAtMs + Number(recorded.atNs - firstNs) / 1e6 / speed, signal);
        }
        this.#emit(recorded, handlers);
        sinceTurn += 1;
        if (sinceTurn >= LINES_PER_TURN_MAX) {
          sinceTurn = 0;
          if (speed === Number.POSITIVE_INFINITY) await handlers.published();
          await nextTurn();
        }
      }
    }
  }

  #emit(recorded: RecordedFrame | undefined, handlers: FeedHandlers): void {
    const frame = recorded?.frame;
    if (frame?.kind === 'notice' || frame?.kind === 'error') return;
    if (frame === undefined || frame.kind === 'malformed') {
      handlers.onUnusable(this.source, 'malformed');
      return;
    }
    const asset = this.#assets.get(frame.symbol);
    // A recording of several markets of one asset gives one price: that of the market it names first.
    if (asset !== undefined && !this.#symbols.has(asset)) this.#symbols.set(asset, frame.symbol);
    if (asset === undefined || this.#symbols.get(asset) !== frame.symbol) {
      handlers.onUnusable(this.source, 'unknown-symbol');
      return;
    }
    const { kind: _, ...quote } = frame;
    handlers.onQuote({
      ...quote,
      asset,
      source: this.source,
      epoch: this.#epoch,
      receivedAtMs: monotonicMs(),
      role: 'primary',
    });
  }
}

async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  for (let leftMs = atMs - monotonicMs(); leftMs > 0; leftMs = atMs - monotonicMs()) {
    await sleep(Math.min(leftMs, SLEEP_MS_MAX), undefined, { signal });
  }
}
