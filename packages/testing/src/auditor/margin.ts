import type { LeverageTiers, Ticks } from '@repo/trading-core';
import type { AuditedAccount, AuditedLeg, AuditedPosition } from './books.ts';
import { absolute, ceilDivide, larger } from './exact.ts';

/** Margin under marginal tiers: of each tier, the part of the notional that lies in it, rounded up. */
export function marginOf(tiers: LeverageTiers, notional: bigint): bigint {
  let margin = 0n;
  let bottom = 0n;
  for (const { notionalMax, leverage } of tiers) {
    const top = notionalMax === null ? notional : BigInt(notionalMax);
    const inside = (notional < top ? notional : top) - bottom;
    if (inside > 0n) margin += ceilDivide(inside, BigInt(leverage));
    bottom = top;
  }
  return margin;
}

/** At the open price. */
export function notionalOf({ cost, market }: Pick<AuditedPosition, 'cost' | 'market'>): bigint {
  return absolute(BigInt(cost)) * BigInt(market.terms.tickValue);
}

/** The larger side's, since the sides hedge each other. */
export function legMarginOf(
  account: AuditedAccount,
  market: AuditedLeg['market'],
  positions: readonly Pick<AuditedPosition, 'side' | 'cost' | 'market'>[],
): bigint {
  let long = 0n;
  let short = 0n;
  for (const position of positions) {
    if (position.side === 'long') long += notionalOf(position);
    else short += notionalOf(position);
  }
  return marginOf(account.profile.leverage[market.terms.assetClass], larger(long, short));
}

export function usedMarginOf(account: AuditedAccount): bigint {
  let sum = 0n;
  for (const leg of account.legs) sum += leg.usedMargin;
  return sum;
}

export function closingPriceOf({ side, market }: AuditedPosition): Ticks {
  const { quote } = market;
  if (quote === null) throw new Error('a position without a quote');
  return side === 'long' ? quote.bid : quote.ask;
}

/** What closing would gain now. */
export function unrealizedPnlOf(position: AuditedPosition): bigint {
  const worth = BigInt(closingPriceOf(position)) * BigInt(position.quantity);
  const gain = position.side === 'long' ? worth - BigInt(position.cost) : BigInt(position.cost) - worth;
  return gain * BigInt(position.market.terms.tickValue);
}

export function equityOf(account: AuditedAccount): bigint {
  let sum = account.balance;
  for (const { positions } of account.legs) for (const position of positions) sum += unrealizedPnlOf(position);
  return sum;
}

/** Whether equity / used margin ≤ percent. */
export function isAtOrBelow(equity: bigint, usedMargin: bigint, percent: number): boolean {
  return equity * 100n <= usedMargin * BigInt(percent);
}

/**
 * Whether the account may be near one of its levels: a quick look in floating point, generous by far more than its
 * error, so that exact figures are computed only where they decide something.
 */
export function isNearLevel(account: AuditedAccount): boolean {
  let equity = Number(account.balance);
  let size = Math.abs(equity);
  for (const { market, positions } of account.legs) {
    const { quote, terms } = market;
    if (quote === null) return true;
    for (const { side, quantity, cost } of positions) {
      const gain = side === 'long' ? quote.bid * quantity - cost : cost - quote.ask * quantity;
      equity += gain * terms.tickValue;
      size += (Math.abs(quote.bid * quantity) + Math.abs(cost)) * terms.tickValue;
    }
  }
  const used = Number(usedMarginOf(account));
  const slack = 1000 + (size + used) * 1e-9;
  const { marginCallPercent, marginCallResetPercent, stopOutPercent } = account.profile;
  const low = ((account.isMarginCalled ? stopOutPercent : marginCallPercent) / 100) * used;
  const high = account.isMarginCalled ? (marginCallResetPercent / 100) * used : Infinity;
  return equity <= low + slack || equity >= high - slack;
}
