import { isDeepStrictEqual } from 'node:util';
import type { AccountState, AccountUpdate } from '@repo/schemas';
import { type Channel, ServerFrameSchema } from '@repo/schemas';
import type { Finding } from './finding.ts';

/** A subscriber's picture of an account: a snapshot and what came after it, each frame looked at as it comes. */
export class AccountFold {
  readonly findings: Finding[] = [];
  readonly #channel: Channel;
  #sequence: number | undefined;
  #account: AccountState['account'] | undefined;
  readonly #orders = new Map<string, AccountState['orders'][number]>();
  readonly #positions = new Map<string, AccountState['positions'][number]>();
  frames = 0;
  snapshots = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Takes a frame of the socket as it was sent. */
  take(text: string): void {
    const frame = ServerFrameSchema.safeParse(JSON.parse(text)).data;
    if (frame === undefined) {
      this.#report(`a frame that the schema does not know: ${text.slice(0, 300)}`);
    } else if ('channel' in frame && frame.channel === this.#channel && frame.type !== 'error') {
      this.frames += 1;
      if (frame.type === 'snapshot') this.#begin(frame.sequence, frame.data as AccountState);
      else this.#update(frame.sequence, frame.data as AccountUpdate);
    }
  }

  /** The socket is gone: the next one begins with a snapshot. */
  disconnected(): void {
    this.#sequence = undefined;
  }

  /** 12: what was folded is what the API says. */
  compare(told: AccountState): void {
    const own = pictureOf(this.#account, this.#orders.values(), this.#positions.values());
    const other = pictureOf(told.account, told.orders, told.positions);
    for (const part of ['account', 'orders', 'positions'] as const) {
      if (isDeepStrictEqual(own[part], other[part])) continue;
      const rows = { folded: own[part], told: other[part] };
      this.findings.push({ invariant: 12, what: `${part} of ${told.account.id} differ`, rows });
    }
  }

  #begin(sequence: number, data: AccountState): void {
    this.snapshots += 1;
    this.#sequence = sequence;
    this.#orders.clear();
    this.#positions.clear();
    this.apply(data);
  }

  #update(sequence: number, data: AccountUpdate): void {
    if (this.#sequence === undefined || sequence !== this.#sequence + 1) {
      this.#report(`update ${sequence} after ${this.#sequence ?? 'no snapshot'}`);
    }
    this.#sequence = sequence;
    this.apply(data);
  }

  /** Takes what is new of the account. */
  apply({ account, orders, positions }: AccountState): void {
    this.#account = account;
    for (const order of orders) {
      if (order.status === 'accepted') this.#orders.set(order.id, order);
      else this.#orders.delete(order.id);
    }
    for (const position of positions) {
      if (Number(position.quantity) === 0) this.#positions.delete(position.id);
      else this.#positions.set(position.id, position);
    }
  }

  #report(what: string): void {
    this.findings.push({ invariant: 12, what: `${this.#channel}: ${what}` });
  }
}

/** Positions come when something is done to them; what prices alone make of them is the account's figures. */
function pictureOf(
  account: AccountState['account'] | undefined,
  orders: Iterable<AccountState['orders'][number]>,
  positions: Iterable<AccountState['positions'][number]>,
) {
  const held = Array.from(positions, (position) => ({ ...position, unrealizedPnl: '' }));
  return { account, orders: sorted(orders), positions: sorted(held) };
}

function sorted<Item extends { readonly id: string }>(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
