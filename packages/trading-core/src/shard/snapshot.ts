import type { AccountMode } from '../accounts/account.ts';
import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import type { Market } from '../instruments/market.ts';
import { type HouseAccount, houseAccounts } from '../ledger/ledger-account.ts';
import type { TradingState } from '../limits/trading-state.ts';
import type { Micros, Steps, TickSteps, Ticks } from '../numbers/units.ts';
import type { OrderTerms } from '../orders/order-terms.ts';
import { trailingBest } from '../positions/position-levels.ts';
import type { PositionSide } from '../positions/position-side.ts';
import type { Quote } from '../quotes/quote.ts';
import type { RecentOrder } from './recent-orders.ts';
import type { Shard } from './shard.ts';

/** All that a shard's future depends on, as plain data that survives JSON. What can be computed from it is left out. */
export interface ShardSnapshot {
  readonly sequence: number;
  readonly nextOrderId: number;
  readonly nextPositionId: number;
  readonly nextFillId: number;
  readonly swapDay: number;
  readonly roundingCarry: number;
  readonly tradingState: TradingState;
  /** Balances as decimal integers: they may leave the safe integers. */
  readonly house: Readonly<Record<HouseAccount, string>>;
  /** In the order of listing. */
  readonly markets: readonly MarketSnapshot[];
  /** In the order of opening. */
  readonly accounts: readonly AccountSnapshot[];
  /** By id, as the positions. */
  readonly orders: readonly OrderSnapshot[];
  readonly positions: readonly PositionSnapshot[];
  /** Oldest first. */
  readonly recentOrders: readonly RecentOrder[];
}

export interface MarketSnapshot {
  readonly terms: InstrumentTerms;
  readonly tradingState: TradingState;
  readonly quote: Quote | null;
}

export interface AccountSnapshot {
  readonly id: string;
  readonly mode: AccountMode;
  readonly profile: string;
  readonly balance: Micros;
  readonly isMarginCalled: boolean;
}

export interface OrderSnapshot {
  readonly id: number;
  readonly accountId: string;
  readonly terms: OrderTerms;
  readonly isTriggered: boolean;
}

export interface PositionSnapshot {
  readonly id: number;
  readonly accountId: string;
  readonly asset: string;
  readonly side: PositionSide;
  readonly quantity: Steps;
  readonly cost: TickSteps;
  readonly openedAt: number;
  readonly swapDay: number;
  readonly commission: Micros;
  readonly swap: Micros;
  readonly stopLoss: Ticks | null;
  readonly takeProfit: Ticks | null;
  readonly trailingDistance: Ticks | null;
  readonly trailingBest: Ticks | null;
}

/** The state of a shard. `loadShard` makes the same shard of it. */
export function snapshotShard(shard: Shard): ShardSnapshot {
  const house = Object.fromEntries(houseAccounts.map((account) => [account, String(shard.house[account].value)]));
  return {
    sequence: shard.sequence,
    nextOrderId: shard.nextOrderId,
    nextPositionId: shard.nextPositionId,
    nextFillId: shard.nextFillId,
    swapDay: shard.swapDay,
    roundingCarry: shard.roundingCarry,
    tradingState: shard.tradingState,
    house: house as Record<HouseAccount, string>,
    markets: Array.from(shard.markets.values(), marketSnapshot),
    accounts: Array.from(shard.accounts.values(), ({ id, mode, profile, balance, isMarginCalled }) => ({
      id,
      mode,
      profile: profile.name,
      balance,
      isMarginCalled,
    })),
    orders: Array.from(shard.orders.values(), ({ id, account, terms, isTriggered }) => ({
      id,
      accountId: account.id,
      terms,
      isTriggered,
    })),
    positions: Array.from(shard.positions.values(), (position) => ({
      id: position.id,
      accountId: position.leg.account.id,
      asset: position.leg.market.terms.asset,
      side: position.side,
      quantity: position.quantity,
      cost: position.cost,
      openedAt: position.openedAt,
      swapDay: position.swapDay,
      commission: position.commission,
      swap: position.swap,
      stopLoss: position.stopLoss,
      takeProfit: position.takeProfit,
      trailingDistance: position.trailing?.distance ?? null,
      trailingBest: trailingBest(position),
    })),
    recentOrders: shard.recentOrders.list(),
  };
}

function marketSnapshot({ terms, tradingState, quote }: Market): MarketSnapshot {
  return { terms, tradingState, quote };
}
