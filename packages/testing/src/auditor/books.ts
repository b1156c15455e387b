import type {
  AccountMode,
  InstrumentTerms,
  OrderTerms,
  PositionSide,
  Profile,
  Quote,
  ShardOptions,
  TradingState,
} from '@repo/trading-core';

/** An instrument as the auditor knows it. Its lists are scanned, oldest first; there is no index that could be wrong. */
export interface AuditedMarket {
  /** Place in the order of listing. */
  readonly ordinal: number;
  terms: InstrumentTerms;
  state: TradingState;
  quote: Quote | null;
  /** Whether all that the newest quote sets off has been set off: it was live, and trading was not halted. */
  isSettled: boolean;
  readonly positions: AuditedPosition[];
  readonly orders: AuditedOrder[];
}

export interface AuditedAccount {
  readonly id: string;
  readonly ordinal: number;
  readonly mode: AccountMode;
  readonly profile: Profile;
  balance: bigint;
  isMarginCalled: boolean;
  /** One an instrument held, in the order in which the instruments were listed. */
  readonly legs: AuditedLeg[];
  readonly orders: AuditedOrder[];
}

export interface AuditedLeg {
  readonly market: AuditedMarket;
  readonly positions: AuditedPosition[];
  /** Recomputed from all positions of the leg after every change. */
  usedMargin: bigint;
}

/** Sizes are numbers as told in the events, each one checked; whatever is computed from them is computed in bigint. */
export interface AuditedPosition {
  readonly id: number;
  readonly account: AuditedAccount;
  readonly market: AuditedMarket;
  readonly side: PositionSide;
  quantity: number;
  cost: number;
  stopLoss: number | null;
  takeProfit: number | null;
  trailingDistance: number | null;
  trailingBest: number | null;
  readonly openedAt: number;
  lastSwapDay: number;
  paidCommission: bigint;
  paidSwap: bigint;
}

export interface AuditedOrder {
  readonly id: number;
  readonly account: AuditedAccount;
  readonly market: AuditedMarket;
  terms: OrderTerms;
  /** A stop-limit order whose stop has been reached. */
  isTriggered: boolean;
}

export interface RememberedOrder {
  readonly orderId: number;
  readonly terms: OrderTerms;
  /** How many orders had been accepted before it. */
  readonly ordinal: number;
}

/** All that the auditor knows. */
export class Books {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly grossNotionalMax: bigint;
  readonly recentOrdersMax: number;
  readonly markets = new Map<string, AuditedMarket>();
  readonly accounts = new Map<string, AuditedAccount>();
  readonly orders = new Map<number, AuditedOrder>();
  readonly positions = new Map<number, AuditedPosition>();
  /** Balances of every ledger account, clients' and the house's, as sums of entries. */
  readonly ledger = new Map<string, bigint>();
  /** By account and clientOrderId. */
  readonly remembered = new Map<string, RememberedOrder>();
  acceptedOrders = 0;
  state: TradingState = 'active';
  grossNotional = 0n;
  roundingCarry = 0n;
  swapDay = -1;
  nextOrderId = 1;
  nextPositionId = 1;
  nextFillId = 1;
  sequence = 0;

  constructor(options: ShardOptions) {
    this.profiles = new Map(options.profiles.map((profile) => [profile.name, profile]));
    this.grossNotionalMax = BigInt(options.grossNotionalMax);
    this.recentOrdersMax = options.recentOrdersMax;
  }
}

export function removeFrom<Item>(list: Item[], item: Item): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
