import type { Account } from '../accounts/account.ts';
import { legOf, openNotional } from '../accounts/leg.ts';
import type { Market } from '../instruments/market.ts';
import { priceSpan } from '../instruments/price-span.ts';
import { commission } from '../ledger/commission.ts';
import { checkExposure } from '../limits/check-exposure.ts';
import { isRefused, liveQuote, refuseHalted, tradingStateOf } from '../limits/tradable.ts';
import { micros, type Steps, steps } from '../numbers/units.ts';
import type { Side } from '../orders/order-terms.ts';
import { costOf } from '../positions/fill-closing.ts';
import { type NetFill, netFill } from '../positions/net-fill.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Refused, refuse } from '../refusal.ts';
import type { Shard } from '../shard/shard.ts';
import { equity } from './equity.ts';
import { usedMargin } from './used-margin.ts';

/** Whether `quantity` may be filled now, all of it: the trading state, then `checkLive`, then `checkOpening`. */
export function checkFill(
  shard: Shard,
  account: Account,
  market: Market,
  side: Side,
  quantity: Steps,
): Refused | undefined {
  const state = tradingStateOf(shard, market);
  const net = netFill(account, market, side, quantity);
  if (state === 'halted' || (state === 'reducing' && net.opened > 0)) return refuseHalted(market, state);
  const quote = liveQuote(market);
  if (isRefused(quote)) return quote;
  return checkLive(account, net) ?? checkOpening(shard, account, market, side, net, quote);
}

/** What opens needs live quotes of all that the account holds: without them nobody knows its free margin. */
export function checkLive(account: Account, { opened }: NetFill): Refused | undefined {
  if (opened === 0) return undefined;
  for (const { market } of account.legs) {
    const quote = liveQuote(market);
    if (isRefused(quote)) return quote;
  }
  return undefined;
}

/**
 * What opens needs room under every limit, and a free margin that is not below zero after the fill, its commission and
 * its spread. What only reduces needs neither.
 */
export function checkOpening(
  shard: Shard,
  account: Account,
  market: Market,
  side: Side,
  { position, reduced, opened }: NetFill,
  quote: Quote,
): Refused | undefined {
  if (opened === 0) return undefined;
  const { terms } = market;
  const { tickValue } = terms;
  const price = side === 'buy' ? quote.ask : quote.bid;
  const notional = Math.abs(price) * opened * tickValue;
  // A position that is added to counts by what it cost in all, which around a price of zero is less than the sum.
  const held = position === null || reduced > 0 ? 0 : position.cost;
  const added = (Math.abs(held + price * opened) - Math.abs(held)) * tickValue;
  const removed = reduced > 0 && position !== null ? Math.abs(costOf(position, reduced)) * tickValue : 0;
  const reach = account.reach + (opened - reduced) * priceSpan(terms) * tickValue;
  // Twice the reach: what prices can do to the equity, and as much again for commissions and swaps.
  const largest = Math.abs(account.balance) + 2 * reach;
  if (!Number.isSafeInteger(notional) || !Number.isSafeInteger(largest)) {
    return refuse('amount-too-large', { notional, max: Number.MAX_SAFE_INTEGER });
  }
  const exposed = checkExposure(shard, account, market, {
    side,
    quantity: steps(opened + reduced),
    notional: micros(added - removed),
    positions: position === null ? 1 : 0,
  });
  if (exposed !== undefined) return exposed;

  const leg = legOf(account, market);
  const isBuy = side === 'buy';
  const longNotional = (leg === undefined ? 0 : openNotional(leg, 'long')) + (isBuy ? added : -removed);
  const shortNotional = (leg === undefined ? 0 : openNotional(leg, 'short')) + (isBuy ? -removed : added);
  const tiers = account.profile.leverage[terms.assetClass];
  const legMargin = usedMargin(tiers, micros(longNotional), micros(shortNotional));
  const marginAfter = account.usedMargin - (leg?.margin ?? 0) + legMargin;
  const closing = micros(Math.abs(price) * reduced * tickValue);
  const costs = commission(terms, micros(notional)).amount + (reduced > 0 ? commission(terms, closing).amount : 0);
  const spread = (quote.ask - quote.bid) * opened * tickValue;
  const equityAfter = equity(account) - costs - spread;
  if (equityAfter >= marginAfter) return undefined;
  return refuse('insufficient-margin', {
    freeMargin: equityAfter - marginAfter,
    equity: equityAfter,
    usedMargin: marginAfter,
    commission: costs,
    spread,
  });
}
