import type { Account } from '../accounts/account.ts';
import type { Leg } from '../accounts/leg.ts';
import { isRefused, quoteToClose } from '../limits/tradable.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { emitCancelled } from '../orders/cancel-order.ts';
import { fillClosing } from '../positions/fill-closing.ts';
import type { Position } from '../positions/position.ts';
import { closingPrice, legPnl, pnl } from '../positions/unrealized-pnl.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import { equity } from './equity.ts';
import { initialMargin } from './initial-margin.ts';
import type { LegFigures } from './leg-figures.ts';
import { equityAtLevel } from './margin-level.ts';

/**
 * Stops an account out: its pending orders are cancelled, then whole positions are closed at the current quotes, in
 * the profile's order, until the margin level is above the stop-out level. Positions without a live quote stay, and
 * where none can be closed nothing happens yet.
 */
export function stopOut(decision: Decision, account: Account, equityNow: Micros): void {
  const closable = positionsToClose(decision, account);
  if (closable.length === 0) return;
  const { stopOutPercent } = account.profile;
  emit(decision, {
    type: 'account-stopped-out',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    balance: account.balance,
    equity: equityNow,
    usedMargin: account.usedMargin,
    stopOutPercent,
    legs: account.legs.map(legFigures),
  });
  while (account.firstOrder !== null) emitCancelled(decision, account.firstOrder, 'stop-out');
  for (const position of closable) {
    fillClosing(decision, position, position.quantity, position.leg.market.quote as Quote, 'stop-out', null, null);
    if (account.openPositions === 0 || equity(account) > equityAtLevel(account.usedMargin, stopOutPercent)) return;
  }
}

/** Those that can be closed, in the order in which a stop-out closes them; of equal ones the older first. */
function positionsToClose({ shard }: Decision, account: Account): Position[] {
  const ranked: { position: Position; rank: number }[] = [];
  for (const { market, firstPosition } of account.legs) {
    if (isRefused(quoteToClose(shard, market))) continue;
    for (let position = firstPosition; position !== null; position = position.next) {
      ranked.push({ position, rank: rankOf(account, position) });
    }
  }
  ranked.sort((a, b) => a.rank - b.rank || a.position.id - b.position.id);
  return ranked.map(({ position }) => position);
}

/** Lowest first. */
function rankOf(account: Account, position: Position): number {
  const { market } = position.leg;
  const { tickValue, assetClass } = market.terms;
  if (account.profile.stopOutOrder === 'most-margin') {
    return 0 - initialMargin(account.profile.leverage[assetClass], micros(Math.abs(position.cost) * tickValue));
  }
  const price = closingPrice(position.side, market.quote as Quote);
  return pnl(position.side, position.quantity, position.cost, price, tickValue);
}

function legFigures(leg: Leg): LegFigures {
  const { bid, ask, status } = leg.market.quote as Quote;
  return {
    asset: leg.market.terms.asset,
    bid,
    ask,
    status,
    longQuantity: leg.longQuantity,
    longCost: leg.longCost,
    shortQuantity: leg.shortQuantity,
    shortCost: leg.shortCost,
    unrealizedPnl: legPnl(leg),
  };
}
