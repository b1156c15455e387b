import type { AccountFinder, AccountRecord, ItemRecord } from '@repo/db';
import { LRUCache } from 'lru-cache';
import { parseItemId } from './item-id.ts';

/** Users and items whose accounts are kept in memory: what never changes need not be asked for again. */
const USERS_MAX = 10_000;
const ITEMS_MAX = 50_000;

export interface AccountsOptions {
  readonly finder: AccountFinder;
  /** Opens the first account of a user. Resolves when it is in the books. */
  readonly openFirst: (userId: string) => Promise<void>;
}

/** Whose is what. Accounts, orders and positions have one owner for ever. */
export class Accounts {
  readonly #options: AccountsOptions;
  /** The accounts of a user as far as they are known: others may have been opened elsewhere. */
  readonly #ofUsers = new LRUCache<string, readonly AccountRecord[]>({ max: USERS_MAX });
  readonly #orders = new LRUCache<string, ItemRecord>({ max: ITEMS_MAX });
  readonly #positions = new LRUCache<string, ItemRecord>({ max: ITEMS_MAX });

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /**
   * All accounts of a user, oldest first, one at least: who has none, because the engine was away when the user signed
   * up, gets his first one now.
   *
   * @throws DatabaseUnavailableError, TradingUnavailableError
   */
  async list(userId: string): Promise<readonly AccountRecord[]> {
    const found = await this.#load(userId);
    if (found.length > 0) return found;
    await this.#options.openFirst(userId);
    return this.#load(userId);
  }

  /** The user's oldest account. @throws as `list` does. */
  async defaultOf(userId: string): Promise<AccountRecord> {
    const [oldest] = this.#ofUsers.get(userId) ?? (await this.list(userId));
    if (oldest === undefined) throw new Error(`user ${userId} has no account after one was opened`);
    return oldest;
  }

  /** The account, if it is the user's. @throws DatabaseUnavailableError */
  async owned(userId: string, accountId: string): Promise<AccountRecord | undefined> {
    const isIt = ({ id }: AccountRecord) => id === accountId;
    return this.#ofUsers.get(userId)?.find(isIt) ?? (await this.#load(userId)).find(isIt);
  }

  /** The order's account and asset, if it is the user's. @throws DatabaseUnavailableError */
  ownedOrder(userId: string, itemId: string): Promise<ItemRecord | undefined> {
    const { shard, number } = parseItemId(itemId);
    return this.#ownedItem(userId, itemId, this.#orders, () => this.#options.finder.findOrder(shard, number));
  }

  /** The position's account and asset, if it is the user's. @throws DatabaseUnavailableError */
  ownedPosition(userId: string, itemId: string): Promise<ItemRecord | undefined> {
    const { shard, number } = parseItemId(itemId);
    return this.#ownedItem(userId, itemId, this.#positions, () => this.#options.finder.findPosition(shard, number));
  }

  async #ownedItem(
    userId: string,
    itemId: string,
    cache: LRUCache<string, ItemRecord>,
    find: () => Promise<ItemRecord | undefined>,
  ): Promise<ItemRecord | undefined> {
    const item = cache.get(itemId) ?? (await find());
    if (item === undefined) return undefined;
    cache.set(itemId, item);
    return (await this.owned(userId, item.accountId)) && item;
  }

  async #load(userId: string): Promise<readonly AccountRecord[]> {
    const found = await this.#options.finder.accountsOf(userId);
    if (found.length > 0) this.#ofUsers.set(userId, found);
    return found;
  }
}
