import { floorDivide, halfEvenDivide, larger } from '@repo/testing/exact';
import type { EventRow } from './books.ts';
import { figuresOf, type Prices } from './figures.ts';
import type { Finding } from './finding.ts';
import type { Published } from './published.ts';
import { type OrderModel, type PositionModel, positionsOf, type ShardModel } from './shard-model.ts';
import { tickValueOf } from './units.ts';

const PPM = 1_000_000n;
/** The engine decides on the newest prices it has: how old, or how much newer than the command, they may be. */
const PRICES_AROUND_MS = 15_000;

type Fill = {
  readonly id: number;
  readonly orderId: number | null;
  readonly positionId: number;
  readonly asset: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: number;
  readonly rule: string;
  readonly level: number | null;
  readonly quote: { readonly bid: number; readonly ask: number; readonly sequence: number; readonly status: string };
  readonly realizedPnl: number;
  readonly commission: number;
};

/** Folds fills into a shard's model, and judges each: its cause, its price, its money, and the margin after it. */
export class FillJudge {
  readonly #model: ShardModel;
  readonly #published: Published;
  readonly #tell: (finding: Finding) => void;

  constructor(model: ShardModel, published: Published, tell: (finding: Finding) => void) {
    this.#model = model;
    this.#published = published;
    this.#tell = tell;
  }

  /** Returns what the fill moved in its account. */
  take(row: EventRow): bigint {
    const fill = row.data.fill as Fill;
    this.#judgePrice(row, fill);
    if (fill.orderId !== null) this.#judgeOrder(row, fill, fill.orderId);
    const opens = row.type === 'position-opened' || row.type === 'position-increased';
    if (opens && fill.orderId === null) this.#report(5, 'a position is opened by no order', row);
    const realized = opens ? this.#open(row, fill) : this.#close(row, fill);
    if (realized !== BigInt(fill.realizedPnl)) this.#report(1, `realized ${realized}, not ${fill.realizedPnl}`, row);
    const notional = BigInt(fill.price) * BigInt(fill.quantity) * tickValueOf(fill.asset);
    const commission = halfEvenDivide(notional * (this.#model.commissionPpm.get(fill.asset) ?? 0n), PPM);
    if (commission !== BigInt(fill.commission))
      this.#report(1, `commission ${commission}, not ${fill.commission}`, row);
    const held = this.#model.positions.get(fill.positionId) ?? this.#model.closed.get(fill.positionId);
    if (held !== undefined) held.commission += BigInt(fill.commission);
    return BigInt(fill.realizedPnl) - BigInt(fill.commission);
  }

  /** 6: after an opening fill equity is not below used margin, at its quote and at some newest prices of the others. */
  judgeMargin(row: EventRow): void {
    if (row.type !== 'position-opened' && row.type !== 'position-increased') return;
    const { fill, accountId } = row.data as { fill: Fill; accountId: string };
    const account = this.#model.accounts.get(accountId);
    if (account === undefined) return;
    const positions = positionsOf(this.#model, accountId);
    const own = { bid: BigInt(fill.quote.bid), ask: BigInt(fill.quote.ask) };
    const figures = figuresOf(account, positions, (asset) => {
      return asset === fill.asset ? own : this.#kindest(asset, row.at);
    });
    if (figures.freeMargin < 0n) this.#report(6, 'an opening fill left less than no free margin', { row, figures });
  }

  #judgePrice(row: EventRow, { asset, side, price, quote }: Fill): void {
    if (price !== (side === 'buy' ? quote.ask : quote.bid)) this.#report(5, 'the price is not of its side', row);
    const published = this.#published.find(asset, quote.sequence);
    const isAlike = published?.bid === BigInt(quote.bid) && published.ask === BigInt(quote.ask);
    if (!isAlike) this.#report(5, 'a quote that was never published', { row, published });
    if (quote.status !== 'live' || (isAlike && published.status !== 'live')) {
      this.#report(row.data.fill.rule === 'stop-out' ? 7 : 5, 'filled at a quote that is not live', { row, published });
    }
  }

  #judgeOrder(row: EventRow, fill: Fill, orderId: number): void {
    const order = this.#model.orders.get(orderId);
    if (order === undefined || order.status !== 'accepted' || order.account !== row.data.accountId) {
      this.#report(5, `a fill of an order that is ${order?.status ?? 'not there'}`, row);
      return;
    }
    order.filled += BigInt(fill.quantity);
    const { terms } = order;
    if (order.filled > BigInt(terms.quantity)) this.#report(4, 'filled more than was asked for', row);
    if (terms.asset !== fill.asset || terms.side !== fill.side || terms.type !== fill.rule) {
      this.#report(5, 'a fill that is not what its order asks for', { row, terms });
    }
    if (!reachesOrder(order, fill)) this.#report(5, 'an order was filled away from its level', { row, terms });
  }

  #open(row: EventRow, fill: Fill): bigint {
    const { accountId, quantity, cost, stopLoss, takeProfit, trailingDistance } = row.data;
    const side = fill.side === 'buy' ? 'long' : 'short';
    const added = BigInt(fill.price) * BigInt(fill.quantity);
    const held = this.#model.positions.get(fill.positionId);
    if (row.type === 'position-increased') {
      if (held === undefined || held.side !== side || held.account !== accountId) {
        this.#report(5, 'a position is increased that is not there', row);
        return 0n;
      }
      held.quantity += BigInt(fill.quantity);
      held.cost += added;
      this.#compareSize(row, held);
      return 0n;
    }
    if (held !== undefined || this.#model.closed.has(fill.positionId))
      this.#report(4, 'a position is opened twice', row);
    const isNetting = this.#model.accounts.get(accountId)?.mode === 'netting';
    if (isNetting && positionsOf(this.#model, accountId).some(({ asset }) => asset === fill.asset)) {
      this.#report(5, 'a second position in an instrument of a netting account', row);
    }
    const position: PositionModel = {
      id: fill.positionId,
      account: accountId,
      asset: fill.asset,
      side,
      quantity: BigInt(fill.quantity),
      cost: added,
      commission: 0n,
      swap: 0n,
      realizedPnl: 0n,
      stopLoss,
      takeProfit,
      trailingDistance,
      trailingBest: trailingDistance === null ? null : side === 'long' ? fill.quote.bid : fill.quote.ask,
    };
    this.#model.positions.set(fill.positionId, position);
    this.#compareSize(row, position);
    if (BigInt(quantity) !== position.quantity || BigInt(cost) !== position.cost)
      this.#report(1, 'its size differs', row);
    return 0n;
  }

  #close(row: EventRow, fill: Fill): bigint {
    const position = this.#model.positions.get(fill.positionId);
    const side = fill.side === 'sell' ? 'long' : 'short';
    if (position === undefined || position.side !== side || position.account !== row.data.accountId) {
      this.#report(5, 'a position is closed that is not open', row);
      return BigInt(fill.realizedPnl);
    }
    const quantity = BigInt(fill.quantity);
    if (quantity > position.quantity) this.#report(4, 'more is closed than is open', { row, position });
    this.#judgeCause(row, fill, position);
    const cost = floorDivide(position.cost * quantity, position.quantity);
    const worth = BigInt(fill.price) * quantity;
    position.quantity -= quantity;
    position.cost -= cost;
    const realized = (side === 'long' ? worth - cost : cost - worth) * tickValueOf(fill.asset);
    position.realizedPnl += realized;
    this.#compareSize(row, position);
    if (position.quantity === 0n) {
      this.#model.positions.delete(position.id);
      this.#model.closed.set(position.id, position);
    }
    return realized;
  }

  /** 5: who or what closed it. */
  #judgeCause(row: EventRow, fill: Fill, position: PositionModel): void {
    const { rule } = fill;
    if (rule === 'stop-out') {
      if (this.#model.stoppingOut !== position.account) this.#report(5, 'closed by a stop-out that is not', row);
    } else if (rule === 'close') {
      if (row.command === null) this.#report(5, 'closed by nobody', row);
    } else if (fill.orderId === null && !reachesExit(position, fill)) {
      this.#report(5, 'closed at a level that was not reached', { row, position });
    }
  }

  #compareSize(row: EventRow, { quantity, cost }: PositionModel): void {
    if (quantity !== BigInt(row.data.quantity) || cost !== BigInt(row.data.cost)) {
      this.#report(1, `left ${quantity} for ${cost}`, row);
    }
  }

  /** Highest bid and lowest ask among those that may have been the newest: what these do not allow, none allows. */
  #kindest(asset: string, at: number): Prices | undefined {
    const quotes = this.#published.between(asset, at - PRICES_AROUND_MS, at + PRICES_AROUND_MS);
    const [first] = quotes;
    if (first === undefined) return undefined;
    return quotes.reduce<Prices>(
      (kind, { bid, ask }) => ({ bid: larger(bid, kind.bid), ask: -larger(-ask, -kind.ask) }),
      first,
    );
  }

  #report(invariant: number, what: string, rows: unknown): void {
    this.#tell({ invariant, what, rows });
  }
}

function reachesOrder({ terms, isTriggered }: OrderModel, { quote: { bid, ask } }: Fill): boolean {
  const isBuy = terms.side === 'buy';
  switch (terms.type) {
    case 'market':
      return true;
    case 'stop':
      return isBuy ? ask >= terms.stopPrice : bid <= terms.stopPrice;
    default:
      if (terms.type === 'stop-limit' && !isTriggered) return false;
      return isBuy ? ask <= terms.limitPrice : bid >= terms.limitPrice;
  }
}

function reachesExit(position: PositionModel, { rule, level, quote: { bid, ask } }: Fill): boolean {
  const isLong = position.side === 'long';
  const { stopLoss, takeProfit, trailingDistance, trailingBest } = position;
  switch (rule) {
    case 'stop-loss':
      return stopLoss !== null && level === stopLoss && (isLong ? bid <= stopLoss : ask >= stopLoss);
    case 'take-profit':
      return takeProfit !== null && level === takeProfit && (isLong ? bid >= takeProfit : ask <= takeProfit);
    case 'trailing-stop': {
      if (trailingDistance === null || trailingBest === null) return false;
      const trailing = isLong ? trailingBest - trailingDistance : trailingBest + trailingDistance;
      return level === trailing && (isLong ? bid <= trailing : ask >= trailing);
    }
    default:
      return false;
  }
}
