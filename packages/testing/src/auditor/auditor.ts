import type { Command, Event, LedgerTransaction, Outcome, Quote, Refused, ShardOptions } from '@repo/trading-core';
import type { ShardView } from '../shard-view.ts';
import type { Audit } from './audit.ts';
import { AuditFault } from './audit-fault.ts';
import { Books } from './books.ts';
import { compareAccount } from './compare-shard.ts';
import { EventCursor } from './event-cursor.ts';
import { followCommand } from './follow-command.ts';
import { followQuote } from './follow-quote.ts';
import { judgeCommand } from './judge-command.ts';
import type { Verdict } from './judge-fill.ts';
import { judgeQuote } from './judge-instrument.ts';
import { sweep } from './sweep.ts';

export interface AuditorOptions {
  /** Told with every fault, so that it can be run again. */
  readonly seed: number;
  /** What the shard was made with. */
  readonly shardOptions: ShardOptions;
  /** What the core books for an event: data under audit, as the events are. */
  readonly ledgerTransaction: (event: Event) => LedgerTransaction | undefined;
  /** The accounts that an input has changed are compared with it, as everything is at a sweep. */
  readonly shard?: ShardView;
}

/**
 * A second implementation of the trading rules that shares no code with the core: slow, plain, in bigint. It is told
 * every input and what the core answered, foresees the answer itself, and compares the two in every field.
 *
 * @throws AuditFault wherever the two disagree. After that it knows nothing any more.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #books: Books;
  #index = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#books = new Books(options.shardOptions);
  }

  /** Checks the answer to the next command or quote. */
  input(input: Command | Quote, outcome: Outcome): void {
    this.#index += 1;
    const { ledgerTransaction } = this.#options;
    const events = outcome.type === 'accepted' ? outcome.events : [];
    const cursor = new EventCursor(events, input.at, this.#books.sequence, this.#fail);
    const touched = new Set<string>();
    const audit: Audit = { books: this.#books, cursor, at: input.at, ledgerTransaction, fail: this.#fail, touched };
    if ('type' in input) this.#command(audit, input, outcome);
    else this.#quote(audit, input, outcome);
    cursor.end();
    this.#books.sequence = cursor.sequence;
    this.#compare(touched);
  }

  /** Checks everything that is open, and all sums, and compares them with the shard. */
  sweep(shard: ShardView): void {
    sweep(this.#books, shard, this.#fail);
  }

  #command(audit: Audit, command: Command, outcome: Outcome): void {
    const verdict = judgeCommand(this.#books, command);
    if (verdict === undefined) {
      if (outcome.type !== 'accepted') this.#fail(`${command.type} is not accepted`, command, outcome);
      followCommand(audit, command);
    } else if ('repeats' in verdict) {
      if (outcome.type !== 'repeated') this.#fail('an order is not recognised as a repeated one', verdict, outcome);
      else if (outcome.orderId !== verdict.repeats) this.#fail('repeated order', verdict.repeats, outcome.orderId);
    } else this.#refusal(command, verdict, outcome);
  }

  #quote(audit: Audit, quote: Quote, outcome: Outcome): void {
    const code = judgeQuote(this.#books, quote);
    if (code !== undefined) {
      this.#refusal(quote, { code }, outcome);
      return;
    }
    if (outcome.type !== 'accepted') this.#fail('a quote is not accepted', quote, outcome);
    const market = this.#books.markets.get(quote.asset);
    if (market !== undefined) followQuote(audit, market, quote);
  }

  #refusal(input: Command | Quote, verdict: Verdict, outcome: Outcome): void {
    if (outcome.type !== 'refused') this.#fail(`not refused: ${JSON.stringify(input)}`, verdict, outcome);
    else this.#compareRefusals(input, verdict, outcome);
  }

  #compareRefusals(input: Command | Quote, verdict: Verdict, refused: Refused): void {
    const what = 'type' in input ? input.type : 'quote';
    if (refused.code !== verdict.code) this.#fail(`refusal of ${what} ${JSON.stringify(input)}`, verdict, refused);
    for (const [name, figure] of Object.entries(verdict.figures ?? {})) {
      if (refused.figures[name] !== figure) this.#fail(`${verdict.code}: ${name}`, figure, refused.figures[name]);
    }
  }

  #compare(touched: ReadonlySet<string>): void {
    const { shard } = this.#options;
    if (shard === undefined) return;
    for (const id of touched) {
      const account = this.#books.accounts.get(id);
      if (account !== undefined) compareAccount(account, shard, this.#fail);
    }
  }

  readonly #fail = (what: string, expected: unknown, actual: unknown): never => {
    throw new AuditFault(this.#options.seed, this.#index, what, expected, actual);
  };
}
