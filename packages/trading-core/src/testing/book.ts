import type { Account, AccountMode } from '../accounts/account.ts';
import type { Profile } from '../accounts/profile.ts';
import type { ClosePosition, Command, ModifyOrder, ModifyPosition, PlaceOrder } from '../command.ts';
import { decide } from '../decide.ts';
import type { Event } from '../event.ts';
import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import type { Market } from '../instruments/market.ts';
import type { TradingState } from '../limits/trading-state.ts';
import { equity } from '../margin/equity.ts';
import { MICROS_PER_UNIT, micros, steps, ticks } from '../numbers/units.ts';
import type { Order } from '../orders/order.ts';
import type { OrderType, Side } from '../orders/order-terms.ts';
import type { Outcome } from '../outcome.ts';
import type { Position } from '../positions/position.ts';
import type { Quote, QuoteStatus } from '../quotes/quote.ts';
import { receiveQuote } from '../quotes/receive-quote.ts';
import type { RefusalFigures } from '../refusal.ts';
import { createShard, type Shard } from '../shard/shard.ts';
import { describeEvent } from './describe-event.ts';

/** Branded numbers written plainly. */
type Plain<Fields> = {
  [Name in keyof Fields]?: Fields[Name] extends number | undefined ? number : PlainNull<Fields[Name]>;
};
type PlainNull<Field> = Field extends number ? number : Field;

export type TermsGiven = Plain<InstrumentTerms>;
/** `account` defaults to `A`, `asset` to `XYZ`. */
export type OrderGiven = Plain<Omit<PlaceOrder, 'type' | 'asset' | 'accountId'>> & Where;
type OrderChange = Plain<Omit<ModifyOrder, 'type' | 'accountId' | 'orderId'>> & { account?: string };
type PositionChange = Plain<Omit<ModifyPosition, 'type' | 'accountId' | 'positionId'>> & { account?: string };
type CloseGiven = Plain<Omit<ClosePosition, 'type' | 'accountId' | 'positionId' | 'quantity'>> & { account?: string };

interface Where {
  readonly account?: string;
  readonly asset?: string;
}

interface AccountGiven {
  readonly mode?: AccountMode;
  readonly profile?: Partial<Profile>;
  /** In units of money. */
  readonly deposit?: number;
}

interface BookGiven extends AccountGiven {
  readonly terms?: TermsGiven;
  /** Profiles of further accounts, by their names. */
  readonly profiles?: readonly Profile[];
  readonly grossNotionalMax?: number;
  readonly recentOrdersMax?: number;
}

/** One tick of one step is one unit of money; no costs. */
export const plainTerms: InstrumentTerms = {
  asset: 'XYZ',
  assetClass: 'crypto',
  tickValue: micros(MICROS_PER_UNIT),
  quantityMin: steps(1),
  quantityMax: steps(10_000),
  priceMin: ticks(1),
  priceMax: ticks(100_000),
  spreadMin: ticks(0),
  markUpPpm: 0,
  commissionPpm: 0,
  commissionMin: micros(0),
  swapLongPpm: 0,
  swapShortPpm: 0,
  swapSchedule: 'daily',
  netQuantityMax: steps(1_000_000),
};

const tenfold = [{ notionalMax: null, leverage: 10 }];

/** Leverage 10 in everything, margin call at 100 %, stop-out at 50 %. */
export const plainProfile: Profile = {
  name: 'plain',
  leverage: {
    crypto: tenfold,
    share: tenfold,
    commodity: tenfold,
    gold: tenfold,
    'forex-minor': tenfold,
    'forex-major': tenfold,
  },
  marginCallPercent: 100,
  marginCallResetPercent: 110,
  stopOutPercent: 50,
  stopOutOrder: 'largest-loss',
  negativeBalanceProtection: true,
  notionalMax: micros(1_000_000_000 * MICROS_PER_UNIT),
  openPositionsMax: 1_000,
  pendingOrdersMax: 1_000,
};

/** Monday. */
export const NOON = Date.UTC(2026, 0, 5, 12);

/**
 * A shard with one instrument, `XYZ`, and one account, `A`, which has 1,000,000 units of money. Whatever is done
 * answers with what happened, a line an event (see `describeEvent`), or `refused …`. After each step it makes sure that
 * all ledger accounts sum to zero.
 */
export function openBook(given: BookGiven = {}): Book {
  return new Book(given);
}

export class Book {
  readonly shard: Shard;
  /** Every event so far. */
  readonly events: Event[] = [];
  /** Figures of the last refusal. */
  figures: RefusalFigures = {};
  /** The moment of the next command. */
  at = NOON;
  #sequence = 0;
  #orders = 0;

  constructor({ terms, profiles = [], grossNotionalMax, recentOrdersMax, ...account }: BookGiven) {
    this.shard = createShard({
      profiles: [{ ...plainProfile, ...account.profile }, ...profiles],
      grossNotionalMax: micros((grossNotionalMax ?? 4_000_000_000) * MICROS_PER_UNIT),
      recentOrdersMax: recentOrdersMax ?? 100,
    });
    this.advance(NOON);
    this.list(terms);
    this.openAccount('A', account);
  }

  /** Offers another instrument, or changes the terms of one. */
  list(terms: TermsGiven = {}): string[] {
    return this.do({ type: 'list-instrument', at: this.at, terms: { ...plainTerms, ...terms } as InstrumentTerms });
  }

  openAccount(accountId: string, { mode = 'hedging', profile, deposit = 1_000_000 }: AccountGiven = {}): void {
    this.do({ type: 'open-account', at: this.at, accountId, mode, profile: profile?.name ?? 'plain' });
    if (deposit > 0) this.deposit(deposit, accountId);
  }

  quote(bid: number, ask: number, given: { asset?: string; status?: QuoteStatus; sequence?: number } = {}): string[] {
    const { asset = 'XYZ', status = 'live', sequence = this.#sequence + 1 } = given;
    this.#sequence = sequence;
    const quote: Quote = { asset, bid: ticks(bid), ask: ticks(ask), sequence, at: this.at, source: 'test', status };
    return this.#tell(receiveQuote(this.shard, quote));
  }

  buy(quantity: number, given: OrderGiven = {}): string[] {
    return this.place('buy', 'market', quantity, given);
  }

  sell(quantity: number, given: OrderGiven = {}): string[] {
    return this.place('sell', 'market', quantity, given);
  }

  limit(side: Side, quantity: number, limitPrice: number, given: OrderGiven = {}): string[] {
    return this.place(side, 'limit', quantity, { limitPrice, ...given });
  }

  stop(side: Side, quantity: number, stopPrice: number, given: OrderGiven = {}): string[] {
    return this.place(side, 'stop', quantity, { stopPrice, ...given });
  }

  stopLimit(side: Side, quantity: number, stopPrice: number, limitPrice: number, given: OrderGiven = {}): string[] {
    return this.place(side, 'stop-limit', quantity, { stopPrice, limitPrice, ...given });
  }

  place(side: Side, orderType: OrderType, quantity: number, { account = 'A', ...given }: OrderGiven = {}): string[] {
    this.#orders += 1;
    return this.do({
      type: 'place-order',
      at: this.at,
      accountId: account,
      clientOrderId: `c${this.#orders}`,
      asset: 'XYZ',
      side,
      orderType,
      quantity: steps(quantity),
      ...given,
    } as PlaceOrder);
  }

  modifyOrder(orderId: number, { account = 'A', ...change }: OrderChange): string[] {
    return this.do({ type: 'modify-order', at: this.at, accountId: account, orderId, ...change } as ModifyOrder);
  }

  cancel(orderId: number, account = 'A'): string[] {
    return this.do({ type: 'cancel-order', at: this.at, accountId: account, orderId });
  }

  cancelAll({ account = 'A', ...where }: Where = {}): string[] {
    return this.do({ type: 'cancel-all-orders', at: this.at, accountId: account, ...where });
  }

  modifyPosition(positionId: number, { account = 'A', ...change }: PositionChange): string[] {
    const command = { type: 'modify-position', at: this.at, accountId: account, positionId, ...change };
    return this.do(command as ModifyPosition);
  }

  close(positionId: number, quantity?: number, { account = 'A', ...given }: CloseGiven = {}): string[] {
    const part = quantity === undefined ? {} : { quantity };
    const command = { type: 'close-position', at: this.at, accountId: account, positionId, ...part, ...given };
    return this.do(command as ClosePosition);
  }

  closeAll({ account = 'A', ...where }: Where = {}): string[] {
    return this.do({ type: 'close-all-positions', at: this.at, accountId: account, ...where });
  }

  /** @param amount in units of money. */
  deposit(amount: number, account = 'A'): string[] {
    return this.do({ type: 'deposit', at: this.at, accountId: account, amount: micros(amount * MICROS_PER_UNIT) });
  }

  withdraw(amount: number, account = 'A'): string[] {
    return this.do({ type: 'withdraw', at: this.at, accountId: account, amount: micros(amount * MICROS_PER_UNIT) });
  }

  adjust(amount: number, account = 'A', reason = 'test'): string[] {
    const command = { type: 'adjust-balance', at: this.at, accountId: account, reason } as const;
    return this.do({ ...command, amount: micros(amount * MICROS_PER_UNIT) });
  }

  /** `asset: null` is the firm. */
  setState(state: TradingState, asset: string | null = 'XYZ'): string[] {
    return this.do({ type: 'set-trading-state', at: this.at, asset, state });
  }

  /** Time comes to `at`. */
  advance(at: number): string[] {
    this.at = at;
    return this.do({ type: 'advance-time', at });
  }

  /** Decides a command and tells what happened. */
  do(command: Command): string[] {
    return this.#tell(decide(this.shard, command));
  }

  /** Decides a command, for those who need the outcome itself. */
  decide(command: Command): Outcome {
    const outcome = decide(this.shard, command);
    this.#tell(outcome);
    return outcome;
  }

  get account(): Account {
    return this.accountOf('A');
  }

  accountOf(id: string): Account {
    const account = this.shard.accounts.get(id);
    if (account === undefined) throw new Error(`no account ${id}`);
    return account;
  }

  /** In units of money, as all figures below. */
  get balance(): number {
    return this.account.balance / MICROS_PER_UNIT;
  }

  get equity(): number {
    return equity(this.account) / MICROS_PER_UNIT;
  }

  get usedMargin(): number {
    return this.account.usedMargin / MICROS_PER_UNIT;
  }

  position(id: number): Position {
    const position = this.shard.positions.get(id);
    if (position === undefined) throw new Error(`no position ${id}`);
    return position;
  }

  order(id: number): Order {
    const order = this.shard.orders.get(id);
    if (order === undefined) throw new Error(`no order ${id}`);
    return order;
  }

  market(asset = 'XYZ'): Market {
    const market = this.shard.markets.get(asset);
    if (market === undefined) throw new Error(`no market ${asset}`);
    return market;
  }

  #tell(outcome: Outcome): string[] {
    if (outcome.type === 'repeated') return [`repeated o${outcome.orderId}`];
    if (outcome.type === 'refused') {
      this.figures = outcome.figures;
      return [`refused ${outcome.code}`];
    }
    this.events.push(...outcome.events);
    const sum = this.#ledgerSum();
    if (sum !== 0n) throw new Error(`the ledger sums to ${sum}`);
    return outcome.events.map(describeEvent);
  }

  #ledgerSum(): bigint {
    let sum = 0n;
    for (const account of Object.values(this.shard.house)) sum += account.value;
    for (const { balance } of this.shard.accounts.values()) sum += BigInt(balance);
    return sum;
  }
}
