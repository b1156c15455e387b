import type { Event, OrderTerms, PositionSide } from '@repo/trading-core';

export interface OpenOrder {
  readonly id: number;
  readonly accountId: string;
  terms: OrderTerms;
}

export interface OpenPosition {
  readonly id: number;
  readonly accountId: string;
  readonly asset: string;
  readonly side: PositionSide;
  quantity: number;
  stopLoss: number | null;
  takeProfit: number | null;
  trailingDistance: number | null;
}

/** A list from which one can be picked, and one be taken, at no cost. */
class Pool<Item extends { readonly id: number }> {
  readonly items: Item[] = [];
  readonly #places = new Map<number, number>();

  add(item: Item): void {
    this.#places.set(item.id, this.items.length);
    this.items.push(item);
  }

  get(id: number): Item | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.items[place];
  }

  remove(id: number): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    const last = this.items.pop() as Item;
    this.#places.delete(id);
    if (last.id === id) return;
    this.items[place] = last;
    this.#places.set(last.id, place);
  }
}

/** What is open, as told by the events: what a client would know. */
export class OpenItems {
  readonly orders = new Pool<OpenOrder>();
  readonly positions = new Pool<OpenPosition>();

  learn(event: Event): void {
    if ('fill' in event) this.#learnFill(event);
    else if (event.type === 'position-modified') {
      const { stopLoss, takeProfit, trailingDistance } = event;
      const position = this.positions.get(event.positionId);
      if (position !== undefined) Object.assign(position, { stopLoss, takeProfit, trailingDistance });
    } else if (event.type === 'order-accepted') {
      const { orderId: id, accountId, terms } = event;
      if (terms.type !== 'market') this.orders.add({ id, accountId, terms });
    } else if (event.type === 'order-modified') {
      const order = this.orders.get(event.orderId);
      if (order !== undefined) order.terms = event.terms;
    } else if (endsOfOrders.includes(event.type) && 'orderId' in event) this.orders.remove(event.orderId);
  }

  #learnFill(event: Extract<Event, { fill: unknown }>): void {
    const { accountId, fill, quantity } = event;
    const { positionId: id, asset } = fill;
    if (event.type === 'position-opened') {
      const { stopLoss, takeProfit, trailingDistance } = event;
      const side = fill.side === 'buy' ? 'long' : 'short';
      this.positions.add({ id, accountId, asset, side, quantity, stopLoss, takeProfit, trailingDistance });
      return;
    }
    const position = this.positions.get(id);
    if (event.type === 'position-closed') this.positions.remove(id);
    else if (position !== undefined) position.quantity = quantity;
  }
}

const endsOfOrders: readonly Event['type'][] = ['order-filled', 'order-cancelled', 'order-expired', 'order-rejected'];
