import type { KafkaRecord } from '@repo/kafka';
import { readCommand, type TradeCommand } from '@repo/schemas';
import {
  type Command,
  decide,
  type InstrumentTerms,
  type Outcome,
  type Quote,
  type RecentOrder,
  receiveQuote,
  type Shard,
} from '@repo/trading-core';
import { type Batch, StaleEngineError } from '../books/commit-batches.ts';
import type { AnsweredCommand } from '../books/commit-statement.ts';
import type { Committer } from '../books/committer.ts';
import type { RecentCommands } from '../commands/recent-commands.ts';
import type { ReachPoint } from '../crash-points.ts';
import type { TradingEngineMetrics } from '../metrics.ts';
import { OpenBatch } from './open-batch.ts';

/** Decided and not committed at most: beyond it no command is read until a commit is done. */
const BATCH_MAX = 5_000;

/** A command as it was read, with where. */
export interface ReceivedCommand {
  readonly command: TradeCommand;
  readonly record: Pick<KafkaRecord, 'offset'>;
}

export interface ShardEngineOptions {
  readonly shardId: number;
  readonly epoch: number;
  readonly shard: Shard;
  readonly committer: Pick<Committer, 'commit'>;
  /** The log that command offsets belong to. */
  readonly commandLog: string;
  readonly recentCommands: RecentCommands;
  /** Whether this engine may still write: asked before each commit. */
  readonly isHeld: () => boolean;
  readonly publishedSequence: () => number;
  /** Told of each batch when it is committed: only now may the world know of it. */
  readonly onCommitted: (batch: Batch, answers: readonly CommandAnswer[]) => Promise<void>;
  /** Told once, when a batch could not be committed: the state is worth nothing from then on. */
  readonly onFailure: (error: unknown) => void;
  readonly commits: TradingEngineMetrics['commits'];
  readonly reachPoint: ReachPoint;
  /** ms since the epoch. */
  readonly now: () => number;
}

export interface CommandAnswer {
  readonly command: TradeCommand;
  readonly outcome: Outcome;
}

/**
 * The engine of one shard: decides what comes in at once, and commits what has been decided together, one batch at a
 * time. While one commits, the next is decided; so batches grow with the load, and an idle engine answers at once.
 */
export class ShardEngine {
  readonly #options: ShardEngineOptions;
  readonly #shard: Shard;
  #open: OpenBatch;
  #answers: CommandAnswer[] = [];
  #commandOffset: number;
  #committing: Promise<void> | undefined;
  #hasFailed = false;
  #roomWaiters: (() => void)[] = [];

  constructor(options: ShardEngineOptions, commandOffset: number) {
    this.#options = options;
    this.#shard = options.shard;
    this.#open = new OpenBatch(options.shard);
    this.#commandOffset = commandOffset;
  }

  get shard(): Shard {
    return this.#shard;
  }

  get commandLog(): string {
    return this.#options.commandLog;
  }

  get commandOffset(): number {
    return this.#commandOffset;
  }

  rememberCommand(commandId: string, outcome: Outcome): void {
    this.#options.recentCommands.add(commandId, outcome);
  }

  /** An order of long ago, so that its name is known again. */
  rememberOrder({ accountId, orderId, terms }: RecentOrder): void {
    if (this.#shard.recentOrders.find(accountId, terms.clientOrderId) === undefined) {
      this.#shard.recentOrders.add(accountId, orderId, terms);
    }
  }

  /** Carries out a command that comes from the engine itself: time, instruments. */
  operate(command: Command): void {
    if (this.#hasFailed) return;
    const outcome = decide(this.#shard, command);
    if (outcome.type === 'accepted') this.#open.addEvents(outcome.events, null);
    this.#commitSoon();
  }

  /** Terms as they are to be; those that are already so change nothing. */
  list(terms: InstrumentTerms): void {
    const known = this.#shard.markets.get(terms.asset)?.terms;
    if (JSON.stringify(known) === JSON.stringify(terms)) return;
    this.operate({ type: 'list-instrument', at: this.#options.now(), terms });
  }

  quote(quote: Quote): void {
    if (this.#hasFailed) return;
    const outcome = receiveQuote(this.#shard, quote);
    if (outcome.type === 'accepted') this.#open.addEvents(outcome.events, null);
    this.#commitSoon();
  }

  /** Carries out a client's command, or finds that this was done. */
  command({ command, record }: ReceivedCommand): void {
    if (this.#hasFailed) return;
    this.#commandOffset = record.offset + 1;
    this.#open.moveOffset();
    const { now, recentCommands } = this.#options;
    const at = now();
    const known = recentCommands.find(command.commandId);
    if (known !== undefined) {
      this.#answers.push({ command, outcome: known });
    } else if (command.expiresAt > at) {
      this.#carryOut(command, at);
    }
    this.#commitSoon();
  }

  /** A record that is no command: it is passed. */
  skip({ offset }: Pick<KafkaRecord, 'offset'>): void {
    this.#commandOffset = offset + 1;
    this.#open.moveOffset();
    this.#commitSoon();
  }

  /** Resolves when there is room for another command. */
  async room(): Promise<void> {
    while (!this.#hasFailed && this.#open.size >= BATCH_MAX) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }

  /** Commits what is decided. Resolves when nothing is left to commit, or a commit failed. */
  async settle(): Promise<void> {
    while (!this.#hasFailed && (this.#committing !== undefined || !this.#open.isEmpty)) {
      this.#commitSoon();
      await this.#committing;
    }
  }

  #carryOut(command: TradeCommand, at: number): void {
    const outcome = decide(this.#shard, readCommand(command, at, this.#assetOf));
    if (outcome.type === 'accepted') {
      this.#open.addEvents(outcome.events, command.commandId);
      if (command.type === 'open-account') this.#open.addOwner(command.accountId, command.data.userId);
    }
    this.#open.addAnswer(keptAnswer(command.commandId, at, outcome));
    this.#options.recentCommands.add(command.commandId, outcome);
    this.#answers.push({ command, outcome });
  }

  readonly #assetOf = (item: { readonly orderId: number } | { readonly positionId: number }): string | undefined =>
    'orderId' in item
      ? this.#shard.orders.get(item.orderId)?.terms.asset
      : this.#shard.positions.get(item.positionId)?.leg.market.terms.asset;

  #commitSoon(): void {
    if (this.#committing !== undefined || this.#open.isEmpty || this.#hasFailed) return;
    this.#committing = this.#commit().finally(() => {
      this.#committing = undefined;
      for (const resolve of this.#roomWaiters.splice(0)) resolve();
      this.#commitSoon();
    });
  }

  async #commit(): Promise<void> {
    // What arrives in this turn of the event loop goes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const { committer, onCommitted, onFailure, commits, reachPoint } = this.#options;
    let answers: readonly CommandAnswer[] = [];
    let batch: Batch;
    try {
      await reachPoint('before-commit');
      const end = commits.startTimer();
      batch = await committer.commit(() => {
        const closed = this.#close();
        answers = this.#answers;
        this.#answers = [];
        return closed;
      });
      end();
      await reachPoint('after-commit');
    } catch (error) {
      this.#hasFailed = true;
      onFailure(error);
      return;
    }
    await onCommitted(batch, answers);
  }

  /** @throws StaleEngineError when this engine may not write any more. */
  #close(): Batch {
    const { shardId, epoch, commandLog, publishedSequence, isHeld } = this.#options;
    if (!isHeld()) throw new StaleEngineError(`the lease of shard ${shardId} is over`);
    const batch = this.#open.close(this.#shard, {
      shard: shardId,
      epoch,
      commandLog,
      commandOffset: this.#commandOffset,
      publishedSequence: publishedSequence(),
    });
    this.#open = new OpenBatch(this.#shard);
    return batch;
  }
}

/** What the books keep of an answer: an accepted command's events are there already. */
function keptAnswer(id: string, at: number, outcome: Outcome): AnsweredCommand {
  if (outcome.type !== 'accepted') return { id, at, answer: outcome };
  const [first, last] = [outcome.events[0]?.sequence ?? null, outcome.events.at(-1)?.sequence ?? null];
  return { id, at, answer: { type: 'accepted', first, last } };
}
