import type { AccountState, Order, Position } from '@repo/schemas';
import type { AccountFrame } from '../channel-feed.ts';

/** An account with its pending orders and open positions, oldest first. */
export class AccountSoFar {
  readonly #channel: AccountFrame['channel'];
  readonly #orders = new Map<string, Order>();
  readonly #positions = new Map<string, Position>();
  #account: AccountState['account'] | undefined;

  constructor(channel: AccountFrame['channel']) {
    this.#channel = channel;
  }

  take({ type, data }: AccountFrame): void {
    this.#account = data.account;
    if (type === 'snapshot') {
      this.#orders.clear();
      this.#positions.clear();
    }
    for (const order of data.orders) {
      if (order.status === 'accepted') this.#orders.set(order.id, order);
      else this.#orders.delete(order.id);
    }
    for (const position of data.positions) {
      if (Number(position.quantity) === 0) this.#positions.delete(position.id);
      else this.#positions.set(position.id, position);
    }
  }

  snapshot(sequence: number): AccountFrame | undefined {
    if (this.#account === undefined) return undefined;
    const data = {
      account: this.#account,
      orders: [...this.#orders.values()],
      positions: [...this.#positions.values()],
    };
    return { channel: this.#channel, type: 'snapshot', sequence, data };
  }
}
