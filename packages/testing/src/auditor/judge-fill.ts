import type { RefusalCode, Side } from '@repo/trading-core';
import type { AuditedAccount, AuditedMarket, AuditedPosition, Books } from './books.ts';
import { absolute, FIGURE_MAX } from './exact.ts';
import { commissionOf } from './fees.ts';
import { equityOf, legMarginOf, notionalOf, usedMarginOf } from './margin.ts';
import { type NetFill, netFillOf } from './net-fill-of.ts';
import { isLive, tradingStateOf } from './trading-state-of.ts';

/** Why something is refused. */
export interface Verdict {
  readonly code: RefusalCode;
  /** Figures that the refusal has to name. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** Whether a fill of `quantity` may happen now; `undefined` when it may. */
export function judgeFill(
  books: Books,
  account: AuditedAccount,
  market: AuditedMarket,
  side: Side,
  quantity: number,
): Verdict | undefined {
  const net = netFillOf(account, market, side, quantity);
  if (isForbidden(books, market, net.opened)) return { code: 'instrument-halted' };
  if (!isLive(market)) return { code: 'price-not-live' };
  if (net.opened === 0) return undefined;
  if (!account.legs.every((leg) => isLive(leg.market))) return { code: 'price-not-live' };
  return judgeOpening(books, account, market, side, net);
}

/** Whether the trading state forbids a fill that opens `opened`. */
export function isForbidden(books: Books, market: AuditedMarket, opened: number): boolean {
  const state = tradingStateOf(books, market);
  return state === 'halted' || (state === 'reducing' && opened > 0);
}

/** The checks of an opening fill that need figures, with every quote live. */
export function judgeOpening(
  books: Books,
  account: AuditedAccount,
  market: AuditedMarket,
  side: Side,
  { position, reduced, opened }: NetFill,
): Verdict | undefined {
  const { terms, quote } = market;
  if (quote === null) throw new Error('judged without a quote');
  const tickValue = BigInt(terms.tickValue);
  const price = BigInt(side === 'buy' ? quote.ask : quote.bid);
  const notional = absolute(price) * BigInt(opened) * tickValue;

  let reach = spanOf(market) * BigInt(opened - reduced) * tickValue;
  for (const leg of account.legs) {
    for (const { quantity } of leg.positions) {
      reach += spanOf(leg.market) * BigInt(quantity) * BigInt(leg.market.terms.tickValue);
    }
  }
  if (notional > FIGURE_MAX || absolute(account.balance) + 2n * reach > FIGURE_MAX) return { code: 'amount-too-large' };

  // An opening fill that also reduces has closed the whole position before; otherwise it adds to it.
  const before = position === undefined ? 0n : notionalOf(position);
  const cost = Number(price) * opened + (reduced === 0 ? (position?.cost ?? 0) : 0);
  const after = { side: side === 'buy' ? 'long' : 'short', market, cost } as const;
  const added = notionalOf(after) - before;
  const limit = passedLimit(books, account, market, side, { position, reduced, opened }, added);
  if (limit !== undefined) return limit;

  const held = account.legs.find((leg) => leg.market === market);
  const stays = (held?.positions ?? []).filter((other) => other !== position);
  const legMargin = legMarginOf(account, market, [...stays, after]);
  const usedMargin = usedMarginOf(account) - (held?.usedMargin ?? 0n) + legMargin;
  const opening = commissionOf(terms, notional).amount;
  const closing = reduced > 0 ? commissionOf(terms, absolute(price) * BigInt(reduced) * tickValue).amount : 0n;
  const commission = opening + closing;
  const spread = BigInt(quote.ask - quote.bid) * BigInt(opened) * tickValue;
  const equity = equityOf(account) - commission - spread;
  if (equity >= usedMargin) return undefined;
  const figures = {
    freeMargin: Number(equity - usedMargin),
    equity: Number(equity),
    usedMargin: Number(usedMargin),
    commission: Number(commission),
    spread: Number(spread),
  };
  return { code: 'insufficient-margin', figures };
}

/** The most ticks that a price can move, or be away from zero. */
export function spanOf({ terms }: AuditedMarket): bigint {
  return BigInt(Math.max(terms.priceMax - terms.priceMin, Math.abs(terms.priceMin), Math.abs(terms.priceMax)));
}

/** The first limit that the fill would pass: the account's, the instrument's, the firm's. */
function passedLimit(
  books: Books,
  account: AuditedAccount,
  market: AuditedMarket,
  side: Side,
  { position, reduced, opened }: NetFill,
  addedNotional: bigint,
): Verdict | undefined {
  const { openPositionsMax, notionalMax } = account.profile;
  const positions = account.legs.flatMap((leg) => leg.positions);
  const addedPositions = position === undefined ? 1 : 0;
  if (positions.length + addedPositions > openPositionsMax) {
    return overLimit('account-positions', positions.length, addedPositions, openPositionsMax);
  }
  const notional = sumNotionals(positions);
  if (notional + addedNotional > BigInt(notionalMax)) {
    return overLimit('account-notional', Number(notional), Number(addedNotional), notionalMax);
  }
  const net = market.positions.reduce((sum, each) => sum + (each.side === 'long' ? each.quantity : -each.quantity), 0);
  const filled = opened + reduced;
  const netAfter = Math.abs(net + (side === 'buy' ? filled : -filled));
  const { netQuantityMax } = market.terms;
  if (netAfter > netQuantityMax && netAfter > Math.abs(net)) {
    return overLimit('instrument-net-quantity', Math.abs(net), filled, netQuantityMax);
  }
  if (books.grossNotional + addedNotional > books.grossNotionalMax) {
    const max = Number(books.grossNotionalMax);
    return overLimit('firm-gross-notional', Number(books.grossNotional), Number(addedNotional), max);
  }
  return undefined;
}

export function overLimit(limit: string, current: number, added: number, max: number): Verdict {
  return { code: 'exposure-limit', figures: { limit, current, added, max } };
}

export function sumNotionals(positions: Iterable<AuditedPosition>): bigint {
  let sum = 0n;
  for (const position of positions) sum += notionalOf(position);
  return sum;
}
