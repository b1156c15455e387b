import type { AccountNotice, AccountState, AccountUpdate, Fill, Order, Position } from '@repo/schemas';
import type { AccountBook, AccountChange } from './account-book.ts';

/** Gathers what changed in an account since it was told last. Each listener has its own. */
export class AccountView {
  #book: AccountBook;
  /** What ended is whole; what is still open is presented when it is told. */
  readonly #orders = new Map<number, Order | undefined>();
  readonly #positions = new Map<number, Position | undefined>();
  #fills: Fill[] = [];
  #notices: AccountNotice[] = [];
  /** As of the last time, by position: a fill may change what its neighbours in the instrument have. */
  readonly #margins = new Map<number, string>();
  /** The account's figures as they were told last. */
  #told = '';

  constructor(book: AccountBook) {
    this.#book = book;
    this.restart(book);
  }

  /** Begins anew with a book: what was gathered is in its state. */
  restart(book: AccountBook): void {
    this.#book = book;
    this.#clear();
    this.#margins.clear();
    for (const { id } of book.shard.positions.values()) this.#tellMargin(id, book.position(id));
    this.#told = JSON.stringify(book.account());
  }

  note(change: AccountChange): void {
    const { orderIds, positionIds, endedOrder, closedPosition, fill, notice } = change;
    for (const id of orderIds) this.#orders.set(id, undefined);
    for (const id of positionIds) this.#positions.set(id, undefined);
    if (endedOrder !== undefined) this.#orders.set(endedOrder.id, endedOrder.order);
    if (closedPosition !== undefined) this.#positions.set(closedPosition.id, closedPosition.position);
    if (fill !== undefined) this.#fills.push(fill);
    if (notice !== undefined) this.#notices.push(notice);
  }

  /** Whether the account's figures are others than those told last. */
  get hasMoved(): boolean {
    return JSON.stringify(this.#book.account()) !== this.#told;
  }

  /** All that the book holds now. */
  state(): AccountState {
    return this.#book.state();
  }

  /** What changed since the last time, as it is now. */
  take(): AccountUpdate {
    const book = this.#book;
    const account = book.account();
    this.#addNeighbours();
    const update = {
      account,
      orders: present(this.#orders, (id) => book.order(id)),
      positions: present(this.#positions, (id) => book.position(id)),
      fills: this.#fills,
      notices: this.#notices,
    };
    this.#told = JSON.stringify(account);
    this.#clear();
    return update;
  }

  /** Positions whose share of the margin has changed by fills of others in the same instrument. */
  #addNeighbours(): void {
    for (const [id, closed] of this.#positions) if (closed !== undefined) this.#margins.delete(id);
    for (const asset of new Set(this.#fills.map((fill) => fill.asset))) {
      for (const [id, position] of this.#book.positionsIn(asset)) {
        if (this.#tellMargin(id, position)) this.#positions.set(id, undefined);
      }
    }
  }

  /** @returns whether it is another than told last. */
  #tellMargin(id: number, position: Position | undefined): boolean {
    const margin = position?.margin ?? '';
    if (this.#margins.get(id) === margin) return false;
    this.#margins.set(id, margin);
    return true;
  }

  #clear(): void {
    this.#orders.clear();
    this.#positions.clear();
    this.#fills = [];
    this.#notices = [];
  }
}

function present<Item>(
  changed: ReadonlyMap<number, Item | undefined>,
  current: (id: number) => Item | undefined,
): Item[] {
  return [...changed].flatMap(([id, ended]) => ended ?? current(id) ?? []);
}
