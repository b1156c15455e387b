import type { LoadedAccount } from '@repo/db';
import { followTopic, type Kafka, type KafkaRecord, partitionOfKey, type TopicFollower } from '@repo/kafka';
import { type AccountState, type AccountUpdate, quoteOfPrice, type TradeEvent, tradeShards } from '@repo/schemas';
import { type Logger, monotonicMs, type Registry, watchConsumerLag } from '@repo/service';
import type { Quote } from '@repo/trading-core';
import type { PriceBoard } from '../prices/price-board.ts';
import { createAccountBoardMetrics } from './account-board-metrics.ts';
import { LiveAccount } from './live-account.ts';
import { Slots } from './slots.ts';

/** Accounts that are loaded from the books at once; the others wait for their turn. */
const LOADS_MAX = 4;
/** The account's figures are told this often when prices alone have moved them. */
const FIGURES_MS = 1_000;
/** Accounts that are valued before the process turns to other things. */
const VALUED_AT_ONCE = 100;

export interface AccountBoardOptions {
  readonly kafka: Kafka;
  readonly board: Pick<PriceBoard, 'latest' | 'onUpdate'>;
  /** The account as the books have it now. Rejects when they cannot be read. */
  readonly loadAccount: (accountId: string) => Promise<LoadedAccount | undefined>;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Between two looks at whether prices have moved an account's figures, ms; 1 s unless told. */
  readonly figuresMs?: number;
  /** Least time between two loads of an account, ms; 1 s unless told. */
  readonly reloadMs?: number;
}

export interface AccountListener {
  /** The state was made: at first, and anew after events were lost. What was not taken of the changes is in it. */
  readonly onState: () => void;
  /** There is something to take. */
  readonly onChange: () => void;
}

/** An account as one listener sees it. */
export interface WatchedAccount {
  /** Resolves when the state is there; rejects when the books cannot be read, or have no such account. */
  readonly ready: Promise<void>;
  /** `undefined` while it is being made. */
  state(): AccountState | undefined;
  /** What changed since the last call, or since `onState`. */
  takeChanges(): AccountUpdate | undefined;
  close(): void;
}

/**
 * The accounts that somebody watches, followed from `trade-events`: each is loaded once, and every event after that is
 * folded in. An account is held for as long as it is watched.
 */
export class AccountBoard {
  /** Resolves when whatever is committed from now on will be seen. Watch nothing before. */
  readonly ready: Promise<void>;
  readonly #options: AccountBoardOptions;
  readonly #accounts = new Map<string, LiveAccount>();
  readonly #ofShard: readonly Set<LiveAccount>[] = Array.from({ length: tradeShards }, () => new Set());
  readonly #quotes = new Map<string, Quote>();
  readonly #loads = new Slots(LOADS_MAX);
  readonly #metrics: ReturnType<typeof createAccountBoardMetrics>;
  readonly #follower: TopicFollower;
  readonly #stopPrices: () => void;
  readonly #figuresTimer: NodeJS.Timeout;
  #valuing: Promise<void> | undefined;
  #closed = false;

  constructor(options: AccountBoardOptions) {
    this.#options = options;
    const { kafka, board, logger, metrics, figuresMs = FIGURES_MS } = options;
    this.#metrics = createAccountBoardMetrics(metrics, () => this.#accounts.size);
    this.#follower = followTopic(kafka, {
      topic: 'trade-events',
      wants: ({ key, partition }) => this.#accounts.has(key) || (isOfShard(key) && this.#isWatched(partition)),
      onMessages: (messages) => {
        for (const { message } of messages) this.#take(message);
      },
      onInvalid: (record, reason) => {
        const { partition, offset } = record;
        logger.error(
          { partition, offset, reason },
          'an event of trading is not understood: its accounts are read anew',
        );
        for (const account of this.#of(record)) account.restart('invalid-event');
      },
      onLost: (partition) => {
        logger.warn({ partition }, 'events of trading were lost with their log: the accounts are read anew');
        for (const account of this.#ofShard[partition] ?? []) account.restart('lost-events');
      },
    });
    this.ready = this.#follower.ready;
    watchConsumerLag(metrics, 'api_server', { broadcast: this.#follower });
    const keep = (quote: Quote | undefined) => quote && this.#quotes.set(quote.asset, quote);
    this.#stopPrices = board.onUpdate((update) => void keep(quoteOfPrice(update)));
    for (const price of board.latest()) keep(quoteOfPrice(price));
    this.#figuresTimer = setInterval(() => this.#valueSoon(), figuresMs);
  }

  /** Begins to watch an account; to be closed when nobody listens any more, also where it fails. */
  watch(accountId: string, listener: AccountListener): WatchedAccount {
    const account = this.#accounts.get(accountId) ?? this.#open(accountId);
    const leave = account.join(listener);
    return {
      ready: account.loaded,
      state: () => account.stateFor(listener),
      takeChanges: () => account.takeFor(listener),
      close: () => {
        leave();
        if (account.isWatched) return;
        account.close();
        if (this.#accounts.get(accountId) === account) this.#accounts.delete(accountId);
        this.#ofShard[account.shard]?.delete(account);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#figuresTimer);
    this.#stopPrices();
    for (const account of this.#accounts.values()) account.close();
    await this.#follower.close();
    await this.#valuing;
  }

  #open(accountId: string): LiveAccount {
    const { loadAccount, logger, reloadMs } = this.#options;
    const account = new LiveAccount({
      shard: partitionOfKey(accountId, tradeShards),
      load: () =>
        this.#loads.run(async () => {
          this.#metrics.loads.inc();
          return loadAccount(accountId);
        }),
      quotes: () => this.#quotes.values(),
      onRestart: (reason, error) => {
        this.#metrics.restarts.inc({ reason });
        if (error !== undefined) logger.error({ err: error, accountId, reason }, 'an account has to be read anew');
      },
      ...(reloadMs !== undefined && { reloadMs }),
    });
    this.#accounts.set(accountId, account);
    this.#ofShard[account.shard]?.add(account);
    return account;
  }

  #take({ accountId, shard, data }: TradeEvent): void {
    if (accountId !== null) this.#accounts.get(accountId)?.take(data);
    else for (const account of this.#ofShard[shard] ?? []) account.take(data);
  }

  #isWatched(shard: number): boolean {
    return (this.#ofShard[shard]?.size ?? 0) > 0;
  }

  #of({ key, partition }: KafkaRecord): Iterable<LiveAccount> {
    const account = this.#accounts.get(key);
    return account === undefined ? (this.#ofShard[partition] ?? []) : [account];
  }

  #valueSoon(): void {
    this.#valuing ??= this.#valueAll().finally(() => {
      this.#valuing = undefined;
    });
  }

  async #valueAll(): Promise<void> {
    const startedMs = monotonicMs();
    let valued = 0;
    for (const account of this.#accounts.values()) {
      if (this.#closed) return;
      if (!account.value()) continue;
      valued += 1;
      if (valued % VALUED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#metrics.valuing.observe((monotonicMs() - startedMs) / 1_000);
  }
}

/** The key of what concerns all accounts of a shard. */
function isOfShard(key: string): boolean {
  return key.startsWith('shard-');
}
