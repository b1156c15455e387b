import {
  type AccountOpened,
  type Event,
  type Fill,
  type InstrumentListed,
  type InstrumentTerms,
  type LedgerEntry,
  ledgerTransaction,
  type OrderAccepted,
  type OrderTerms,
  openedBy,
  type PositionClosed,
  type PositionIncreased,
  type PositionModified,
  type PositionOpened,
  type PositionReduced,
  type PositionSide,
  type Quote,
  swapDayOf,
  type TradingState,
} from '@repo/trading-core';

export type OrderStatus = 'accepted' | 'filled' | 'cancelled' | 'expired' | 'rejected';

/** A new order, or what has changed of one that is in the books: there `accepted` is absent. */
export interface OrderChange {
  readonly id: number;
  readonly accepted?: {
    readonly accountId: string;
    readonly at: number;
    readonly sequence: number;
    readonly terms: OrderTerms;
  };
  modifiedTerms?: OrderTerms;
  isTriggered?: boolean;
  status: OrderStatus;
  endedAt?: number;
  endReason?: string;
  sequence: number;
}

export interface PositionLevelsChange {
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly trailingDistance: number | null;
  readonly trailingBest: number | null;
}

/** A new position, or what has changed of one: amounts are then added to those in the books. */
export interface PositionChange {
  readonly id: number;
  readonly opened?: {
    readonly accountId: string;
    readonly asset: string;
    readonly side: PositionSide;
    readonly at: number;
  };
  quantity?: number;
  cost?: number;
  commission: number;
  swap: number;
  realizedPnl: number;
  swapDay?: number;
  levels?: PositionLevelsChange;
  trailingSequence?: number;
  closedAt?: number;
  sequence: number;
}

export interface AccountChange {
  readonly id: string;
  readonly opened?: AccountOpened;
  balance: number;
  isMarginCalled?: boolean;
}

export interface MarketChange {
  readonly asset: string;
  readonly listedSequence?: number;
  terms?: InstrumentTerms;
  tradingState?: TradingState;
  quote?: Quote;
}

export interface FillRow {
  readonly fill: Fill;
  readonly accountId: string;
  readonly sequence: number;
  readonly at: number;
}

export interface LedgerRow {
  readonly sequence: number;
  readonly cause: string;
  readonly at: number;
  readonly entries: readonly LedgerEntry[];
}

type PositionFilled = PositionOpened | PositionIncreased | PositionReduced | PositionClosed;

/**
 * What a batch of events changes in the books, one row for each thing however often it changed. Made from the events
 * alone, so that the books can be made again from them.
 */
export class BookChanges {
  readonly orders = new Map<number, OrderChange>();
  readonly positions = new Map<number, PositionChange>();
  readonly accounts = new Map<string, AccountChange>();
  readonly markets = new Map<string, MarketChange>();
  readonly fills: FillRow[] = [];
  readonly ledger: LedgerRow[] = [];
  /** What was added to each of the house's accounts. */
  readonly house = new Map<string, bigint>();
  #swapDay: number;

  /** @param swapDay the shard's, before the batch: it decides from when a new position pays swap. */
  constructor(swapDay: number) {
    this.#swapDay = swapDay;
  }

  add(event: Event): void {
    this.#post(event);
    switch (event.type) {
      case 'account-opened':
        this.accounts.set(event.accountId, { id: event.accountId, opened: event, balance: 0 });
        return;
      case 'instrument-listed':
        this.#list(event);
        return;
      case 'trading-state-changed':
        if (event.asset !== null) this.#market(event.asset).tradingState = event.state;
        return;
      case 'order-accepted':
        this.#accept(event);
        return;
      case 'order-modified':
        Object.assign(this.#order(event), { modifiedTerms: event.terms });
        return;
      case 'order-triggered':
        Object.assign(this.#order(event), { isTriggered: true });
        return;
      case 'order-filled':
        Object.assign(this.#order(event), { status: 'filled', endedAt: event.at });
        return;
      case 'order-expired':
        Object.assign(this.#order(event), { status: 'expired', endedAt: event.at });
        return;
      case 'order-cancelled':
        Object.assign(this.#order(event), { status: 'cancelled', endedAt: event.at, endReason: event.reason });
        return;
      case 'order-rejected':
        Object.assign(this.#order(event), { status: 'rejected', endedAt: event.at, endReason: event.refusal.code });
        return;
      case 'position-opened':
        this.#open(event);
        return;
      case 'position-increased':
      case 'position-reduced':
        this.#fill(event);
        return;
      case 'position-closed':
        Object.assign(this.#fill(event), { closedAt: event.at, levels: noLevels });
        return;
      case 'position-modified':
        this.#modify(event);
        return;
      case 'swap-charged': {
        const position = this.#position(event.positionId, event.sequence);
        position.swap += event.amount;
        position.swapDay = event.day;
        return;
      }
      case 'trading-day-ended':
        this.#swapDay = event.day;
        return;
      case 'margin-called':
        this.#account(event.accountId).isMarginCalled = true;
        return;
      case 'margin-call-cleared':
        this.#account(event.accountId).isMarginCalled = false;
        return;
      // Told by the events around them, or money alone.
      case 'account-stopped-out':
      case 'trailing-best-reached':
      case 'deposited':
      case 'withdrawn':
      case 'balance-adjusted':
      case 'negative-balance-written-off':
        return;
    }
  }

  #post(event: Event): void {
    const transaction = ledgerTransaction(event);
    if (transaction === undefined) return;
    this.ledger.push({ sequence: event.sequence, ...transaction });
    for (const { account, amount } of transaction.entries) {
      if (account.startsWith('client:')) this.#account(account.slice('client:'.length)).balance += amount;
      else this.house.set(account, (this.house.get(account) ?? 0n) + BigInt(amount));
    }
  }

  #list(event: InstrumentListed): void {
    const { asset } = event.terms;
    const market = this.markets.get(asset);
    if (market === undefined) this.markets.set(asset, { asset, listedSequence: event.sequence, terms: event.terms });
    else market.terms = event.terms;
  }

  #accept({ orderId: id, accountId, at, terms, sequence }: OrderAccepted): void {
    const accepted = { accountId, at, sequence, terms };
    this.orders.set(id, { id, accepted, isTriggered: false, status: 'accepted', sequence });
  }

  #open(event: PositionOpened): void {
    const { fill, accountId, at, sequence, quantity, cost, stopLoss, takeProfit, trailingDistance } = event;
    const side = openedBy(fill.side);
    // What a long is closed at is what its trailing stop watches.
    const trailingBest = trailingDistance === null ? null : side === 'long' ? fill.quote.bid : fill.quote.ask;
    this.positions.set(fill.positionId, {
      id: fill.positionId,
      opened: { accountId, asset: fill.asset, side, at },
      quantity,
      cost,
      commission: fill.commission,
      swap: 0,
      realizedPnl: 0,
      swapDay: Math.max(swapDayOf(at) - 1, this.#swapDay),
      levels: { stopLoss, takeProfit, trailingDistance, trailingBest },
      trailingSequence: sequence,
      sequence,
    });
    this.#addFill({ fill, accountId, sequence, at });
  }

  #fill(event: PositionFilled): PositionChange {
    const { fill, accountId, at, sequence } = event;
    const position = this.#position(fill.positionId, sequence);
    position.quantity = event.quantity;
    position.cost = event.cost;
    position.commission += fill.commission;
    position.realizedPnl += fill.realizedPnl;
    this.#addFill({ fill, accountId, sequence, at });
    return position;
  }

  #addFill(row: FillRow): void {
    this.fills.push(row);
    this.#market(row.fill.asset).quote = row.fill.quote;
  }

  #modify({ positionId, sequence, stopLoss, takeProfit, trailingDistance, trailingBest }: PositionModified): void {
    const position = this.#position(positionId, sequence);
    position.levels = { stopLoss, takeProfit, trailingDistance, trailingBest };
    position.trailingSequence = sequence;
  }

  #order({ orderId: id, sequence }: { readonly orderId: number; readonly sequence: number }): OrderChange {
    const order = this.orders.get(id) ?? { id, status: 'accepted' as const, sequence };
    order.sequence = sequence;
    this.orders.set(id, order);
    return order;
  }

  #position(id: number, sequence: number): PositionChange {
    const position = this.positions.get(id) ?? { id, commission: 0, swap: 0, realizedPnl: 0, sequence };
    position.sequence = sequence;
    this.positions.set(id, position);
    return position;
  }

  #account(id: string): AccountChange {
    const account = this.accounts.get(id) ?? { id, balance: 0 };
    this.accounts.set(id, account);
    return account;
  }

  #market(asset: string): MarketChange {
    const market = this.markets.get(asset) ?? { asset };
    this.markets.set(asset, market);
    return market;
  }
}

const noLevels: PositionLevelsChange = { stopLoss: null, takeProfit: null, trailingDistance: null, trailingBest: null };
