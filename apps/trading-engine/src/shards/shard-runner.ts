import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldLease } from '@repo/db';
import {
  deadLetterTopic,
  followPartition,
  type Kafka,
  type KafkaRecord,
  KafkaUnavailableError,
  parseMessage,
  partitionOfKey,
  toDeadLetter,
} from '@repo/kafka';
import { type TradeCommand, tradeShards } from '@repo/schemas';
import { type Logger, monotonicMs } from '@repo/service';
import { type InstrumentTerms, keepQuote, type Quote, type ShardOptions } from '@repo/trading-core';
import type { Pool } from 'pg';
import { type Batch, StaleEngineError } from '../books/commit-batches.ts';
import type { Committer } from '../books/committer.ts';
import { findOrders } from '../books/find-orders.ts';
import { forgetOffset } from '../books/forget-offset.ts';
import { isUser } from '../books/is-user.ts';
import { notePublished } from '../books/note-published.ts';
import { findAnswers } from '../books/read-answers.ts';
import { AnswerSender } from '../commands/answer-sender.ts';
import type { ReachPoint } from '../crash-points.ts';
import type { TradingEngineMetrics } from '../metrics.ts';
import type { Outages } from '../outages.ts';
import { Outbox } from '../outbox/outbox.ts';
import { retry } from '../outbox/retry.ts';
import { openShard } from './open-shard.ts';
import { type CommandAnswer, ShardEngine } from './shard-engine.ts';

const RETRY_MS = 250;
/** Once a second GTD orders may end, or a day. */
const TIME_MS = 1_000;
const DRAIN_MS = 3_000;
/** For this long after the books refused a batch, every command is looked up in them before it is carried out. */
const CAREFUL_MS = 60_000;

export interface ShardRunnerOptions {
  readonly shardId: number;
  readonly lease: HeldLease;
  readonly kafka: Kafka;
  readonly pool: Pool;
  /** The engine's one: its shards commit together. */
  readonly committer: Committer;
  readonly shardOptions: ShardOptions;
  readonly terms: readonly InstrumentTerms[];
  /** The quotes that count when the shard is opened; later ones come through `quote`. */
  readonly latestQuotes: () => readonly Quote[];
  readonly logger: Logger;
  readonly outages: Outages;
  readonly metrics: TradingEngineMetrics;
  readonly reachPoint: ReachPoint;
  readonly now: () => number;
}

/** One life of a shard's state in memory, from a recovery to a failure or the end. */
interface Life {
  readonly engine: ShardEngine;
  readonly outbox: Outbox;
  readonly answers: AnswerSender;
  readonly failed: Promise<unknown>;
}

/**
 * Runs a shard for as long as its lease is held. When a batch cannot be committed, the state in memory is thrown away
 * and loaded anew: the books alone say what has happened.
 */
export class ShardRunner {
  readonly #options: ShardRunnerOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #life: Life | undefined;

  constructor(options: ShardRunnerOptions) {
    this.#options = options;
    this.#running = this.#runAndRelease();
  }

  get shardId(): number {
    return this.#options.shardId;
  }

  /** Resolves when the shard is no longer run here and its lease is let go; rejects with a bug. */
  get ended(): Promise<void> {
    return this.#running;
  }

  get isOpen(): boolean {
    return this.#life !== undefined;
  }

  /** Events that are committed and not published. */
  get outboxLag(): number {
    return this.#life?.outbox.lag ?? 0;
  }

  quote(quote: Quote): void {
    this.#life?.engine.quote(quote);
  }

  /** Nothing is heard of an asset: its price is not believed until the next quote. */
  silence(asset: string): void {
    const market = this.#life?.engine.shard.markets.get(asset);
    if (market?.quote?.status === 'live') keepQuote(market, { ...market.quote, status: 'stale' });
  }

  /** Commits and publishes what is decided, then lets another have the shard. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running.catch(() => undefined);
  }

  async #runAndRelease(): Promise<void> {
    try {
      await this.#run();
    } finally {
      await this.#options.lease.release();
    }
  }

  async #run(): Promise<void> {
    const { lease, logger, outages, metrics, shardId } = this.#options;
    const signal = AbortSignal.any([this.#stopping.signal, lease.ended]);
    let carefulUntilMs = 0;
    while (!signal.aborted) {
      const failure = await this.#live(signal, carefulUntilMs);
      this.#life = undefined;
      if (failure === undefined || signal.aborted) break;
      if (failure instanceof StaleEngineError) {
        logger.warn({ err: failure, shard: shardId }, 'another engine has the shard');
        break;
      }
      metrics.failures.inc();
      if (!outages.notice(failure)) {
        // What the books refuse although every command was looked up is a bug: it must not be worked around.
        if (monotonicMs() < carefulUntilMs) throw failure;
        carefulUntilMs = monotonicMs() + CAREFUL_MS;
        logger.warn({ err: failure, shard: shardId }, 'the batch was not committed: the shard is loaded anew');
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns why it ended; undefined when it was told to. */
  async #live(signal: AbortSignal, carefulUntilMs: number): Promise<unknown> {
    const over = new AbortController();
    let life: Life;
    try {
      life = await this.#open();
    } catch (error) {
      return error;
    }
    const { engine, outbox, answers, failed } = life;
    this.#life = life;
    for (const quote of this.#options.latestQuotes()) engine.quote(quote);
    const reading = this.#read(engine, AbortSignal.any([signal, over.signal]), carefulUntilMs);
    const timer = setInterval(() => engine.operate({ type: 'advance-time', at: this.#options.now() }), TIME_MS);
    try {
      // Reading ends with the signal, and nothing is decided on a command after it.
      const failure = await Promise.race([failed, reading]);
      if (failure !== undefined) return failure;
      this.#life = undefined;
      clearInterval(timer);
      await engine.settle();
      await Promise.all([outbox.drain(AbortSignal.timeout(DRAIN_MS)), answers.drain()]);
      await this.#notePublished(outbox.publishedSequence);
      return undefined;
    } finally {
      clearInterval(timer);
      over.abort();
      outbox.close();
      await reading;
    }
  }

  async #open(): Promise<Life> {
    const { shardId, lease, pool, shardOptions, terms, logger, now, reachPoint } = this.#options;
    const kafka = this.#kafka();
    const begunAt = performance.now();
    const commandLog = await kafka.topicId('trade-commands');
    const { shard, book, recentCommands } = await openShard(pool, shardId, lease.epoch, shardOptions);
    const commandOffset = await this.#beginAt(book.commandLog === commandLog ? book.commandOffset : 0);
    const outbox = new Outbox({
      shard: shardId,
      kafka,
      pool,
      publishedSequence: book.publishedSequence,
      committedSequence: shard.sequence,
      onFailure: (error) => this.#tell(error, 'events wait to be published'),
      reachPoint,
    });
    const answers = new AnswerSender({
      kafka,
      shard: shardId,
      onFailure: (error) => this.#tell(error, 'answers were not sent'),
    });
    const failed = Promise.withResolvers<unknown>();
    const engine = new ShardEngine(
      {
        shardId,
        epoch: lease.epoch,
        shard,
        committer: this.#options.committer,
        commandLog,
        recentCommands,
        isHeld: () => lease.isHeld(),
        publishedSequence: () => outbox.publishedSequence,
        onCommitted: async (batch, answered) => {
          this.#count(batch, answered);
          answers.send(answered);
          await reachPoint('after-answer');
          outbox.add(batch.events);
        },
        commits: this.#options.metrics.commits,
        reachPoint,
        onFailure: failed.resolve,
        now,
      },
      commandOffset,
    );
    engine.operate({ type: 'advance-time', at: now() });
    for (const one of terms) engine.list(one);
    logger.info(
      {
        shard: shardId,
        epoch: lease.epoch,
        sequence: shard.sequence,
        positions: shard.positions.size,
        ms: Math.round(performance.now() - begunAt),
      },
      'the shard is open',
    );
    return { engine, outbox, answers, failed: failed.promise };
  }

  /**
   * Where commands are read from: the stored offset, unless the log ends before it. Then it has lost its newest records,
   * and others may have their offsets by now: it is read from the oldest, and each command looked up.
   */
  async #beginAt(storedOffset: number): Promise<number> {
    const { kafka, pool, shardId, lease, logger } = this.#options;
    const endOffset = (await kafka.endOffsets('trade-commands'))[shardId] ?? 0;
    if (storedOffset <= endOffset) return storedOffset;
    logger.warn(
      { shard: shardId, storedOffset, endOffset },
      'trade-commands ends before the stored offset: it is read from its oldest command again',
    );
    await forgetOffset(pool, shardId, lease.epoch);
    return 0;
  }

  /** So that whoever has the shard next does not publish the same again. A failure costs no more than that. */
  async #notePublished(sequence: number): Promise<void> {
    const { pool, shardId, lease } = this.#options;
    await notePublished(pool, shardId, lease.epoch, sequence).catch((error: unknown) =>
      this.#tell(error, 'the events published last will be published again'),
    );
  }

  /** The log, found to be back when it takes something. */
  #kafka(): Pick<Kafka, 'send' | 'topicId'> {
    const { kafka, outages } = this.#options;
    return {
      topicId: (topic) => kafka.topicId(topic),
      send: async (topic, messages) => {
        await kafka.send(topic, messages);
        outages.over('Kafka');
      },
    };
  }

  /** What waits because a server is away is told with the outage. */
  #tell(error: unknown, what: string): void {
    const { logger, outages, shardId } = this.#options;
    if (!outages.notice(error)) logger.warn({ err: error, shard: shardId }, what);
  }

  #count({ events }: Batch, answers: readonly CommandAnswer[]): void {
    const { metrics } = this.#options;
    for (const { event } of events) metrics.events.inc({ type: event.type });
    for (const { command, outcome } of answers) {
      metrics.commands.inc({ type: command.type, outcome: outcome.type === 'refused' ? outcome.code : outcome.type });
    }
  }

  /** Reads commands; ends, without an error, with the signal. @returns what went wrong. */
  async #read(engine: ShardEngine, signal: AbortSignal, carefulUntilMs: number): Promise<unknown> {
    const { kafka, shardId } = this.#options;
    const { commandLog, commandOffset } = engine;
    try {
      // In another log some of what waits may have been carried out before.
      const recallUpTo = commandOffset > 0 ? 0 : ((await kafka.endOffsets('trade-commands'))[shardId] ?? 0);
      await followPartition(kafka, {
        topic: 'trade-commands',
        partition: shardId,
        from: { log: commandLog, offset: commandOffset },
        onLog: (log) => {
          if (log !== commandLog) throw new KafkaUnavailableError('trade-commands was made anew');
        },
        onRecords: async (records) => {
          await engine.room();
          const mayBeKnown = (records[0]?.offset ?? 0) < recallUpTo || monotonicMs() < carefulUntilMs;
          if (mayBeKnown) await this.#recall(engine, records);
          for (const record of records) await this.#take(engine, record, signal);
        },
        signal,
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #take(engine: ShardEngine, record: KafkaRecord, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const parsed = parseMessage('trade-commands', record.value);
    const reason = parsed.success ? await this.#whyNotHere(parsed.message) : parsed.reason;
    if (parsed.success && reason === undefined) engine.command({ command: parsed.message, record });
    else if (await this.#setAside(record, reason ?? '', signal)) engine.skip(record);
  }

  /** What no sender that is in order does, and what the books would refuse with all that is decided beside it. */
  async #whyNotHere(command: TradeCommand): Promise<string | undefined> {
    const { pool, shardId, now } = this.#options;
    const shard = partitionOfKey(command.accountId, tradeShards);
    if (shard !== shardId) return `the account is one of shard ${shard}, not of ${shardId}`;
    if (command.type !== 'open-account' || command.expiresAt <= now()) return undefined;
    if (await isUser(pool, command.data.userId)) return undefined;
    return 'the account would be that of a user who is not there';
  }

  /** @returns false when the signal aborted first. */
  async #setAside(record: KafkaRecord, reason: string, signal: AbortSignal): Promise<boolean> {
    const { logger, metrics } = this.#options;
    const { partition, offset } = record;
    const topic = 'trade-commands';
    const kafka = this.#kafka();
    const isSent = await retry(() => kafka.send(deadLetterTopic(topic), [toDeadLetter({ record, reason })]), {
      signal,
      onFailure: (error) => this.#tell(error, 'a dead letter waits'),
    });
    if (!isSent) return false;
    metrics.deadLetters.inc({ topic });
    logger.error({ partition, offset, reason }, 'message set aside as a dead letter');
    return true;
  }

  /** Reminds the engine of what the books know of commands, and of orders with their names. */
  async #recall(engine: ShardEngine, records: readonly KafkaRecord[]): Promise<void> {
    const { pool } = this.#options;
    const commands = records.flatMap(({ value }) => {
      const parsed = parseMessage('trade-commands', value);
      return parsed.success ? [parsed.message] : [];
    });
    const outcomes = await findAnswers(
      pool,
      commands.map(({ commandId }) => commandId),
    );
    for (const [id, outcome] of outcomes) engine.rememberCommand(id, outcome);
    const names = commands.flatMap((command) =>
      command.type === 'place-order'
        ? [{ accountId: command.accountId, clientOrderId: command.data.clientOrderId }]
        : [],
    );
    for (const order of await findOrders(pool, names)) engine.rememberOrder(order);
  }
}
