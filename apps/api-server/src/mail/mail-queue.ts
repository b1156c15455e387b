import { AsyncLocalStorage } from 'node:async_hooks';
import { Counter, Gauge, inSpan, type Logger, monotonicMs, type Registry, SpanKind } from '@repo/service';
import { type Mailer, MailRefusedError, type OutgoingMail } from './mailer.ts';

export interface MailQueueOptions {
  readonly mailer: Mailer;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** After this a mail is not worth sending: its code is dead. */
  readonly ageMaxMs: number;
  readonly queueMax?: number;
  /** First pause after a failure; doubles up to 60 times itself. */
  readonly backoffMs?: number;
}

const CONCURRENCY_MAX = 4;
const FAILURES_UNTIL_AWAY = 3;
const CLOSE_TIMEOUT_MS = 3_000;

interface Waiting {
  readonly mail: OutgoingMail;
  readonly since: number;
  /** Runs what concerns the mail as a part of the request that asked for it, whoever's turn it is. */
  readonly within: <R>(task: () => R) => R;
}

/**
 * Delivers mails behind the answers, so that no answer waits for a mail server. Failures are retried with backoff
 * and full jitter; after three in a row the server counts as away until a delivery works again, or, with nothing to
 * deliver, until the pause is over and a new mail may try.
 */
export class MailQueue {
  readonly #options: Required<MailQueueOptions>;
  readonly #waiting: Waiting[] = [];
  readonly #idle: (() => void)[] = [];
  readonly #mails: Counter<'outcome'>;
  #sending = 0;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: MailQueueOptions) {
    this.#options = { queueMax: 500, backoffMs: 500, ...options };
    this.#mails = new Counter({
      name: 'cfd_api_server_mails_total',
      help: 'Mails by what became of them',
      labelNames: ['outcome'],
      registers: [options.metrics],
    });
    // From zero on, so that the first failure is an increase.
    for (const outcome of ['sent', 'failed', 'refused', 'too-old', 'queue-full', 'stopped']) {
      this.#mails.inc({ outcome }, 0);
    }
    const gauge: Gauge = new Gauge({
      name: 'cfd_api_server_mails_waiting',
      help: 'Mails not yet delivered',
      registers: [options.metrics],
      collect: () => gauge.set(this.#waiting.length + this.#sending),
    });
  }

  /** Whether a mail handed over now has a fair chance; ask before doing work that a mail must follow. */
  get works(): boolean {
    const away = this.#failures >= FAILURES_UNTIL_AWAY && (this.#pause !== undefined || this.#waiting.length > 0);
    return !away && !this.#closed && this.#waiting.length < this.#options.queueMax;
  }

  add(mail: OutgoingMail): void {
    this.#waiting.push({ mail, since: monotonicMs(), within: AsyncLocalStorage.snapshot() });
    // The one that was let in last may be one too many when several were let in at once: the oldest has to go.
    if (this.#waiting.length > this.#options.queueMax) this.#drop(this.#waiting.shift(), 'queue-full');
    this.#pump();
  }

  /** Waits a little for what is on its way, then lets the rest go. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#waiting.length + this.#sending > 0 && this.#failures === 0) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => this.#idle.push(resolve)),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
        }),
      ]);
      clearTimeout(timer);
    }
    clearTimeout(this.#pause);
    this.#pause = undefined;
    for (const waiting of this.#waiting.splice(0)) this.#drop(waiting, 'stopped');
  }

  #pump(): void {
    // While the server fails one mail at a time knocks.
    const places = this.#failures > 0 ? 1 : CONCURRENCY_MAX;
    while (this.#pause === undefined && this.#sending < places) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (monotonicMs() - next.since > this.#options.ageMaxMs) this.#drop(next, 'too-old');
      else void next.within(() => this.#deliver(next));
    }
    if (this.#sending === 0 && this.#waiting.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #deliver(waiting: Waiting): Promise<void> {
    this.#sending += 1;
    try {
      await inSpan('send mail', { kind: SpanKind.CLIENT }, () => this.#options.mailer.send(waiting.mail));
      this.#failures = 0;
      this.#mails.inc({ outcome: 'sent' });
    } catch (error) {
      if (error instanceof MailRefusedError) {
        this.#failures = 0;
        this.#drop(waiting, 'refused', error);
      } else {
        this.#retry(waiting, error);
      }
    }
    this.#sending -= 1;
    this.#pump();
  }

  #retry(waiting: Waiting, error: unknown): void {
    this.#failures += 1;
    this.#mails.inc({ outcome: 'failed' });
    this.#options.logger.warn({ err: error, failures: this.#failures }, 'mail not delivered, trying again');
    if (this.#closed) {
      this.#drop(waiting, 'stopped');
      return;
    }
    this.#waiting.unshift(waiting);
    const { backoffMs } = this.#options;
    const longest = Math.min(backoffMs * 2 ** (this.#failures - 1), 60 * backoffMs);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        this.#pump();
      },
      backoffMs / 2 + Math.random() * longest,
    );
  }

  #drop(waiting: Waiting | undefined, outcome: string, error?: unknown): void {
    if (waiting === undefined) return;
    this.#mails.inc({ outcome });
    waiting.within(() => this.#options.logger.warn({ err: error, outcome }, 'mail dropped'));
  }
}
