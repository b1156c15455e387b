import { auditStopOut } from './audit-stop-out.ts';
import type { Books, EventRow } from './books.ts';
import { compareRows } from './compare-rows.ts';
import { FillJudge } from './fill-judge.ts';
import type { Finding } from './finding.ts';
import type { Published } from './published.ts';
import { emptyShard, type ShardModel } from './shard-model.ts';

/**
 * Replays every event of every shard by the rules of TRADING.md, in bigint and without the core: 3 (states move forward),
 * 4, 5 (causes and prices), 6 (margin at acceptance), 7 (stop-outs at their level, at live prices), and that the rows
 * are what the events say.
 */
export function auditEvents(books: Books, published: Published): Finding[] {
  const shards = new Map<number, EventRow[]>();
  for (const row of books.events) {
    const rows = shards.get(row.shard) ?? [];
    shards.set(row.shard, rows);
    rows.push(row);
  }
  const findings: Finding[] = [];
  for (const [shard, rows] of shards) {
    const replay = new Replay(published);
    for (const row of rows) replay.take(row);
    findings.push(...replay.findings, ...compareRows(books, shard, replay.model, replay.deltas));
  }
  return findings;
}

class Replay {
  readonly model: ShardModel = emptyShard();
  readonly findings: Finding[] = [];
  /** What each event moved in its account, by sequence. */
  readonly deltas = new Map<number, { readonly account: string; readonly amount: bigint }>();
  readonly #published: Published;
  readonly #judge: FillJudge;
  #sequence = 0;

  constructor(published: Published) {
    this.#published = published;
    this.#judge = new FillJudge(this.model, published, (finding) => this.findings.push(finding));
  }

  take(row: EventRow): void {
    const { type, data } = row;
    if (row.sequence !== this.#sequence + 1) this.#report(4, `event ${row.sequence} after ${this.#sequence}`, row);
    this.#sequence = row.sequence;
    if (type.startsWith('position-') && 'fill' in data) {
      this.#move(row, this.#judge.take(row));
    } else if (type.startsWith('order-')) this.#order(row);
    else this.#other(row);
    const isOfStopOut = type === 'account-stopped-out' || type === 'order-cancelled' || type.startsWith('position-');
    if (!isOfStopOut || data.accountId !== this.model.stoppingOut) this.model.stoppingOut = undefined;
  }

  #order(row: EventRow): void {
    const { type, data } = row;
    if (type === 'order-accepted') {
      const { orderId, accountId, terms } = data;
      const name = `${accountId} ${terms.clientOrderId}`;
      if (this.model.orders.has(orderId)) this.#report(3, `order ${orderId} is accepted twice`, row);
      if (this.model.names.has(name)) this.#report(4, `the name ${name} is accepted twice`, row);
      this.model.names.set(name, orderId);
      const order = { id: orderId, account: accountId, terms, status: 'accepted', isTriggered: false, filled: 0n };
      this.model.orders.set(orderId, order);
      return;
    }
    const order = this.model.orders.get(data.orderId);
    if (order === undefined || order.status !== 'accepted' || order.account !== data.accountId) {
      this.#report(3, `${type} of an order that is ${order?.status ?? 'not there'}`, row);
      return;
    }
    if (type === 'order-modified') order.terms = data.terms;
    else if (type === 'order-triggered') this.#trigger(row, order);
    else {
      order.status = type.slice('order-'.length);
      if (type === 'order-filled' && order.filled !== BigInt(order.terms.quantity)) {
        this.#report(4, `order ${order.id} is filled with ${order.filled}`, row);
      }
      if (type === 'order-cancelled' && data.reason === 'stop-out' && this.model.stoppingOut !== order.account) {
        this.#report(5, `order ${order.id} is cancelled by a stop-out that is not`, row);
      }
    }
  }

  #trigger(
    row: EventRow,
    order: { terms: { side: string; stopPrice: number | null; type: string }; isTriggered: boolean },
  ) {
    const { quote } = row.data;
    const { side, stopPrice, type } = order.terms;
    const reached = side === 'buy' ? quote.ask >= Number(stopPrice) : quote.bid <= Number(stopPrice);
    if (type !== 'stop-limit' || order.isTriggered || !reached) this.#report(5, 'triggered without a cause', row);
    order.isTriggered = true;
  }

  #other(row: EventRow): void {
    const { type, data } = row;
    const { model } = this;
    switch (type) {
      case 'instrument-listed':
        model.commissionPpm.set(data.terms.asset, BigInt(data.terms.commissionPpm));
        return;
      case 'account-opened':
        if (model.accounts.has(data.accountId)) this.#report(4, 'an account is opened twice', row);
        model.accounts.set(data.accountId, { id: data.accountId, mode: data.mode, profile: data.profile, balance: 0n });
        return;
      case 'deposited':
      case 'balance-adjusted':
        this.#move(row, BigInt(data.amount));
        return;
      case 'withdrawn':
        this.#move(row, -BigInt(data.amount));
        if ((model.accounts.get(data.accountId)?.balance ?? 0n) < 0n) this.#report(6, 'withdrawn below zero', row);
        return;
      case 'negative-balance-written-off':
        this.#writeOff(row);
        return;
      case 'swap-charged':
        this.#swap(row);
        return;
      case 'trailing-best-reached':
        this.#follow(data);
        return;
      case 'position-modified':
        this.#modify(row);
        return;
      case 'account-stopped-out':
        model.stoppingOut = data.accountId;
        this.findings.push(...auditStopOut(row, model, this.#published));
        return;
    }
  }

  #writeOff(row: EventRow): void {
    const { accountId, amount } = row.data;
    const account = this.model.accounts.get(accountId);
    const isFlat = ![...this.model.positions.values()].some((position) => position.account === accountId);
    if (account === undefined || !isFlat || account.balance + BigInt(amount) !== 0n || amount <= 0) {
      this.#report(7, 'a write-off that does not bring a flat account from below zero to zero', { row, account });
    }
    this.#move(row, BigInt(amount));
  }

  #swap(row: EventRow): void {
    const { positionId, day, amount } = row.data;
    const key = `${positionId} ${day}`;
    if (this.model.swapDays.has(key)) this.#report(4, 'swap charged twice for a day', row);
    this.model.swapDays.add(key);
    const position = this.model.positions.get(positionId);
    if (position === undefined) this.#report(5, 'swap of a position that is not open', row);
    else position.swap += BigInt(amount);
    this.#move(row, -BigInt(amount));
  }

  #follow({ asset, side, price }: { asset: string; side: string; price: number }): void {
    for (const position of this.model.positions.values()) {
      if (position.asset !== asset || position.side !== side || position.trailingBest === null) continue;
      const isBetter = side === 'long' ? price > position.trailingBest : price < position.trailingBest;
      if (isBetter) position.trailingBest = price;
    }
  }

  #modify(row: EventRow): void {
    const { positionId, accountId, stopLoss, takeProfit, trailingDistance, trailingBest } = row.data;
    const position = this.model.positions.get(positionId);
    if (position === undefined || position.account !== accountId) {
      this.#report(3, 'levels of a position that is not open', row);
      return;
    }
    Object.assign(position, { stopLoss, takeProfit, trailingDistance, trailingBest });
  }

  #move(row: EventRow, amount: bigint): void {
    const account = this.model.accounts.get(row.data.accountId);
    if (account === undefined) this.#report(5, `${row.type} of an account that is not`, row);
    else account.balance += amount;
    if (amount !== 0n) this.deltas.set(row.sequence, { account: row.data.accountId, amount });
    if ('fill' in row.data) this.#judge.judgeMargin(row);
  }

  #report(invariant: number, what: string, rows: unknown): void {
    this.findings.push({ invariant, what, rows });
  }
}
