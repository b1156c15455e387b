import type {
  AccountStoppedOut,
  Event,
  Fill,
  FillRule,
  InstrumentTerms,
  OrderTerms,
  PositionSide,
} from '@repo/trading-core';
import type { LoadedAccount } from '../port.ts';

// Units are those of trading-core: prices in ticks, quantities in steps, money in micros; times in ms since the epoch.

/** An order, a position or a fill: its shard, and its number there. */
export interface ItemNumber {
  readonly shard: number;
  readonly number: number;
}

/** Whose rows, and how many at most. */
export interface PageOf {
  readonly accountId: string;
  readonly limit: number;
}

/** An order as it is, or was when it ended. */
export interface OrderRecord {
  readonly shard: number;
  readonly id: number;
  readonly accountId: string;
  /** As they are now. */
  readonly terms: OrderTerms;
  readonly status: 'accepted' | 'filled' | 'cancelled' | 'expired' | 'rejected';
  readonly isTriggered: boolean;
  readonly acceptedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

export interface ClosedPositionRecord {
  readonly shard: number;
  readonly id: number;
  readonly accountId: string;
  readonly asset: string;
  readonly side: PositionSide;
  /** All that was opened of it, and so all that was closed. */
  readonly quantity: bigint;
  /** Σ price × quantity, in ticks × steps, of what opened it and of what closed it. */
  readonly openCost: bigint;
  readonly closeCost: bigint;
  /** Of the last fill. */
  readonly closedBy: FillRule;
  readonly realizedPnl: number;
  readonly swap: number;
  readonly commission: number;
  readonly openedAt: number;
  readonly closedAt: number;
}

export interface FillRecord {
  readonly shard: number;
  readonly accountId: string;
  readonly at: number;
  readonly sequence: number;
  readonly fill: Omit<Fill, 'rounding' | 'roundingCarry'>;
}

/** What a fill is explained with. */
export interface FillFacts extends FillRecord {
  readonly event: Event;
  /** The instrument's when it happened. */
  readonly terms: InstrumentTerms;
  /** What closed the position, when it was a stop-out. */
  readonly stopOut: AccountStoppedOut | undefined;
}

/** What was added to an account, or taken from it, by the transaction of event `sequence`. */
export interface LedgerRecord {
  readonly shard: number;
  readonly sequence: number;
  /** Orders the entries of a transaction. */
  readonly line: number;
  readonly amount: number;
  /** In the core's words: `fill:17`, `swap:4:20779`. */
  readonly cause: string;
  readonly at: number;
}

export interface StatementRecord extends LedgerRecord {
  /** Of a transaction that a fill caused. */
  readonly fill: Pick<Fill, 'asset' | 'side' | 'quantity' | 'price' | 'rule' | 'realizedPnl'> | null;
  /** Of a swap: what was held. */
  readonly swapAsset: string | null;
  /** Of an adjustment. */
  readonly reason: string | null;
}

export interface StatementRecords {
  /** Of what came before the period. */
  readonly openingBalance: number;
  /** Those of the period in their order, one more than asked for when there are more. */
  readonly entries: readonly StatementRecord[];
}

/**
 * The books of one account, as its owner may see them. Lists come newest first; whatever is written meanwhile, a row is
 * on one page. Rejects with `DatabaseUnavailableError` when the server is away.
 */
export interface BookReader {
  /** As of one moment; `undefined` when there is no such account. */
  loadAccount(accountId: string): Promise<LoadedAccount | undefined>;
  /** @param query `before`: an order's number. */
  findOrders(
    query: PageOf & { readonly status?: 'open' | 'ended'; readonly asset?: string; readonly before?: number },
  ): Promise<readonly OrderRecord[]>;
  findOrder(order: ItemNumber): Promise<OrderRecord | undefined>;
  /** Last closed first. */
  findClosedPositions(
    query: PageOf & { readonly asset?: string; readonly before?: { readonly closedAt: number; readonly id: number } },
  ): Promise<readonly ClosedPositionRecord[]>;
  /** @param query `before`: a fill's number. */
  findFills(
    query: PageOf & { readonly order?: ItemNumber; readonly position?: ItemNumber; readonly before?: number },
  ): Promise<readonly FillRecord[]>;
  findFill(fill: ItemNumber): Promise<FillRecord | undefined>;
  /** What a fill of the books is explained with. */
  explainable(fill: FillRecord): Promise<FillFacts>;
  /** Entries of the account, newest first. */
  findLedger(
    query: PageOf & { readonly before?: { readonly sequence: number; readonly line: number } },
  ): Promise<readonly LedgerRecord[]>;
  /** @param query the period `[from, to)`, and how many entries at most. */
  readStatement(query: PageOf & { readonly from: number; readonly to: number }): Promise<StatementRecords>;
}
