import { randomUUID } from 'node:crypto';
import {
  followTopic,
  handleInTrace,
  type Kafka,
  type KafkaRecord,
  KafkaUnavailableError,
  publish,
  type Received,
} from '@repo/kafka';
import { type TradeCommand, type TradeCommandType, tradeCommandData } from '@repo/schemas';
import { Counter, Gauge, Histogram, type Logger, type Registry, watchConsumerLag } from '@repo/service';
import { type Outcome, refusals } from '@repo/trading-core';

/** No answer in time, or the message log is away. Whether the command was carried out is unknown. */
export class TradingUnavailableError extends Error {
  override readonly name = 'TradingUnavailableError';
}

/** As many commands are out as may be. This one was not sent. */
export class TradingBusyError extends Error {
  override readonly name = 'TradingBusyError';
}

/** A command on its way to the engine. */
export type AskedCommand<T extends TradeCommandType = TradeCommandType> = {
  readonly [Type in T]: {
    readonly type: Type;
    readonly accountId: string;
    readonly data: Extract<TradeCommand, { type: Type }>['data'];
    /** The same for every try of what is to be done once. Default: one of its own. */
    readonly commandId?: string;
  };
}[T];

/** What became of a command. Ids in the outcome are those of the shard. */
export interface CommandAnswer {
  readonly shard: number;
  readonly outcome: Outcome;
}

export interface TradeCommandsOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly timeoutMs: number;
  readonly outstandingMax: number;
}

interface Outstanding {
  readonly resolve: (answer: CommandAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the engine over the message log: `trade-commands` out, `trade-answers` back, matched by command id. */
export class TradeCommands {
  readonly #options: TradeCommandsOptions;
  /** Names this instance; answers come back under this key. */
  readonly #replyTo = randomUUID();
  /** By command id. Several may wait for one command. */
  readonly #outstanding = new Map<string, Set<Outstanding>>();
  #waiting = 0;
  readonly #follower: ReturnType<typeof followTopic>;
  readonly #asked: Counter<'type' | 'outcome'>;
  readonly #duration: Histogram<'type'>;
  readonly #invalid: Counter;

  constructor(options: TradeCommandsOptions) {
    this.#options = options;
    this.#asked = new Counter({
      name: 'cfd_api_server_trade_commands_total',
      help: 'Commands to the trading engine by type and outcome: accepted, repeated, refused, busy or failed',
      labelNames: ['type', 'outcome'],
      registers: [options.metrics],
    });
    // From zero on, so that the first failure is an increase.
    for (const type of Object.keys(tradeCommandData)) {
      for (const outcome of ['accepted', 'busy', 'failed']) this.#asked.inc({ type, outcome }, 0);
    }
    this.#duration = new Histogram({
      name: 'cfd_api_server_trade_command_duration_seconds',
      help: 'Time from a command to its answer',
      labelNames: ['type'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [options.metrics],
    });
    this.#invalid = new Counter({
      name: 'cfd_api_server_invalid_trade_answers_total',
      help: 'Answers of the trading engine that were passed because they could not be understood',
      registers: [options.metrics],
    });
    const gauge: Gauge = new Gauge({
      name: 'cfd_api_server_trade_commands_outstanding',
      help: 'Commands to the trading engine without an answer yet',
      registers: [options.metrics],
      collect: () => gauge.set(this.#waiting),
    });
    this.#follower = followTopic(options.kafka, {
      topic: 'trade-answers',
      onMessages: (messages) => this.#take(messages),
      onInvalid: (record, reason) => this.#pass(record, reason),
    });
    watchConsumerLag(options.metrics, 'api_server', { answers: this.#follower });
  }

  /** Resolves when answers can be received. */
  get ready(): Promise<void> {
    return this.#follower.ready;
  }

  /** @throws TradingBusyError, TradingUnavailableError */
  async ask(command: AskedCommand): Promise<CommandAnswer> {
    const { outstandingMax } = this.#options;
    const { type } = command;
    if (this.#waiting >= outstandingMax) {
      this.#asked.inc({ type, outcome: 'busy' });
      throw new TradingBusyError(`${outstandingMax} commands wait for the trading engine`);
    }
    this.#waiting += 1;
    const end = this.#duration.startTimer({ type });
    try {
      const answer = await this.#send(command);
      this.#asked.inc({ type, outcome: answer.outcome.type });
      end();
      return answer;
    } catch (error) {
      this.#asked.inc({ type, outcome: 'failed' });
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    for (const waiting of this.#outstanding.values()) {
      for (const { reject } of waiting) reject(new TradingUnavailableError('stopping'));
    }
    await this.#follower.close();
  }

  async #send({ accountId, commandId = randomUUID(), type, data }: AskedCommand): Promise<CommandAnswer> {
    const { kafka, timeoutMs } = this.#options;
    const answer = Promise.withResolvers<CommandAnswer>();
    // Whoever fails first, the publisher or the clock, is told of below; the other must not count as unhandled.
    answer.promise.catch(() => {});
    const waiting = this.#outstanding.get(commandId) ?? new Set();
    this.#outstanding.set(commandId, waiting.add(answer));
    const timer = setTimeout(() => {
      answer.reject(new TradingUnavailableError(`no answer to ${type} in ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      const at = Date.now();
      const envelope = {
        id: randomUUID(),
        at,
        commandId,
        accountId,
        replyTo: this.#replyTo,
        expiresAt: at + timeoutMs,
      };
      await publish(kafka, 'trade-commands', accountId, { ...envelope, type, data } as TradeCommand);
      return await answer.promise;
    } catch (error) {
      if (!(error instanceof KafkaUnavailableError)) throw error;
      throw new TradingUnavailableError(`${type} may not have been sent`, { cause: error });
    } finally {
      clearTimeout(timer);
      waiting.delete(answer);
      if (waiting.size === 0) this.#outstanding.delete(commandId);
    }
  }

  #take(messages: readonly Received<'trade-answers'>[]): void {
    for (const { message, record } of messages) {
      const waiting = this.#outstanding.get(message.commandId);
      if (waiting === undefined) continue;
      const { shard, outcome } = message;
      if (outcome.type === 'refused' && !(outcome.code in refusals)) this.#pass(record, `no refusal: ${outcome.code}`);
      else {
        void handleInTrace(record, async () => {
          for (const { resolve } of waiting) resolve({ shard, outcome: outcome as Outcome });
        });
      }
    }
  }

  #pass({ partition, offset }: KafkaRecord, reason: string): void {
    this.#invalid.inc();
    this.#options.logger.error({ partition, offset, reason }, 'passed an invalid answer of the trading engine');
  }
}
