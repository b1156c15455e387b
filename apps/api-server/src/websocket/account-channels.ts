import type { Logger } from '@repo/service';
import type { AccountBoard, WatchedAccount } from '../trading/account-board.ts';
import type { Accounts } from '../trading/accounts.ts';
import { NoSuchAccountError } from '../trading/live-account.ts';
import { Channel } from './channel.ts';
import type { BoundSession } from './connection.ts';
import { FanOut } from './fan-out.ts';
import { FlushTimer } from './flush-timer.ts';
import type { WebSocketMetrics } from './websocket-metrics.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

export interface AccountChannelsOptions {
  readonly board: Pick<AccountBoard, 'watch'>;
  /** Whose account is whose. */
  readonly accounts: Pick<Accounts, 'owned' | 'defaultOf'>;
  readonly settings: Pick<WebSocketSettings, 'flushIntervalMs' | 'cohortSize'>;
  readonly metrics: WebSocketMetrics;
  readonly logger: Logger;
}

export type AccountRefusal = 'unknown-account' | 'service-unavailable';

interface AccountChannel {
  readonly key: string;
  readonly channel: Channel;
  /** Why it cannot be, once that is known; `undefined` when it has its account. */
  readonly opened: Promise<AccountRefusal | undefined>;
  account: WatchedAccount | undefined;
  closed: boolean;
}

/**
 * The channels `account` and `account:ID`: one for each user and name, while it has subscribers. They are flushed and
 * written apart from those of everybody, so that a fill never waits behind a round of prices.
 */
export class AccountChannels {
  readonly #options: AccountChannelsOptions;
  /** By user and name. */
  readonly #channels = new Map<string, AccountChannel>();
  readonly #ofChannel = new Map<Channel, AccountChannel>();
  readonly #changed = new Set<Channel>();
  readonly #fanOut: FanOut;
  readonly #flushTimer: FlushTimer;

  constructor(options: AccountChannelsOptions) {
    this.#options = options;
    this.#fanOut = new FanOut(options.settings.cohortSize, options.metrics);
    this.#flushTimer = new FlushTimer(options.settings.flushIntervalMs, () => this.#flush());
  }

  /** The channel of that name for this user, open or about to be. Its snapshot comes when its account is loaded. */
  find({ userId }: BoundSession, name: string): Pick<AccountChannel, 'channel' | 'opened'> {
    const key = `${userId} ${name}`;
    return this.#channels.get(key) ?? this.#open(key, userId, name);
  }

  /** Ends a channel that nobody listens to any more. */
  drop(channel: Channel): void {
    const entry = this.#ofChannel.get(channel);
    if (entry !== undefined) this.#end(entry);
  }

  close(): void {
    this.#flushTimer.close();
    this.#fanOut.close();
    for (const entry of this.#ofChannel.values()) this.#end(entry);
  }

  #open(key: string, userId: string, name: string): AccountChannel {
    const { settings, metrics } = this.#options;
    const channel = new Channel({
      name,
      source: {
        state: () => entry.account?.state(),
        takeChanges: () => entry.account?.takeChanges(),
      },
      fanOut: this.#fanOut,
      cohortSize: settings.cohortSize,
      onFrame: () => metrics.frames.inc(),
    });
    const begun = Promise.withResolvers<void>();
    const opened = begun.promise.then(() => this.#load(entry, userId, name));
    const entry: AccountChannel = { key, channel, opened, account: undefined, closed: false };
    this.#channels.set(key, entry);
    this.#ofChannel.set(channel, entry);
    begun.resolve();
    return entry;
  }

  async #load(entry: AccountChannel, userId: string, name: string): Promise<AccountRefusal | undefined> {
    const { accounts, board, logger } = this.#options;
    const { channel } = entry;
    try {
      const id = name.slice('account:'.length);
      const record = id === '' ? await accounts.defaultOf(userId) : await accounts.owned(userId, id);
      if (record === undefined) throw new NoSuchAccountError("the account is not the user's");
      if (entry.closed) return undefined;
      entry.account = board.watch(record.id, {
        onState: () => {
          this.#changed.delete(channel);
          channel.restart();
          this.#fanOut.run();
        },
        onChange: () => {
          channel.touch();
          this.#changed.add(channel);
          this.#flushTimer.request();
        },
      });
      await entry.account.ready;
      return undefined;
    } catch (error) {
      // Whoever asks again begins anew.
      this.#end(entry);
      if (error instanceof NoSuchAccountError) return 'unknown-account';
      logger.warn({ err: error, channel: name }, 'an account cannot be read for its channel');
      return 'service-unavailable';
    }
  }

  #end(entry: AccountChannel): void {
    entry.closed = true;
    entry.account?.close();
    entry.account = undefined;
    this.#changed.delete(entry.channel);
    this.#ofChannel.delete(entry.channel);
    if (this.#channels.get(entry.key) === entry) this.#channels.delete(entry.key);
  }

  #flush(): void {
    for (const channel of this.#changed) channel.flush();
    this.#changed.clear();
    this.#fanOut.run();
  }
}
