import type { CloseAllPositions, ClosePosition } from '../command.ts';
import { isRefused, quoteToClose } from '../limits/tradable.ts';
import { reviewMargin } from '../margin/review-margin.ts';
import { steps } from '../numbers/units.ts';
import { checkQuantity } from '../orders/check-quantity.ts';
import { checkSlippage, isSlippageBound } from '../orders/check-slippage.ts';
import { type Refused, refuse } from '../refusal.ts';
import type { Decision } from '../shard/decision.ts';
import { fillClosing } from './fill-closing.ts';
import type { Position } from './position.ts';
import { closingPrice } from './unrealized-pnl.ts';

/** Closes a position, or a part of it, at the current quote. */
export function closePosition(decision: Decision, command: ClosePosition): Refused | undefined {
  const { shard } = decision;
  if (!isSlippageBound(command)) {
    return refuse('invalid-command', { reason: 'seenPrice and slippageMax go together, as whole ticks' });
  }
  const position = shard.positions.get(command.positionId);
  if (position === undefined || position.leg.account.id !== command.accountId) {
    if (!shard.accounts.has(command.accountId)) return refuse('unknown-account', { accountId: command.accountId });
    return refuse('position-not-open', { positionId: command.positionId });
  }
  const { account } = position.leg;
  const { market } = position.leg;
  const quote = quoteToClose(shard, market);
  if (isRefused(quote) && quote.code === 'instrument-halted') return quote;
  const quantity = command.quantity ?? position.quantity;
  // What is left of a position may be below the minimum of an order, and must stay closable.
  const min = steps(Math.min(market.terms.quantityMin, position.quantity));
  const wrong = checkQuantity(quantity, min, position.quantity);
  if (wrong !== undefined) return wrong;
  if (isRefused(quote)) return quote;
  const slipped = checkSlippage(command, closingPrice(position.side, quote));
  if (slipped !== undefined) return slipped;
  fillClosing(decision, position, quantity, quote, 'close', null, null);
  reviewMargin(decision, account);
  return undefined;
}

/**
 * Closes the positions of an account, or those in one asset, oldest first. Those that cannot be closed now, for want of
 * a live quote or because of a halt, stay; it is refused when that are all.
 */
export function closeAllPositions(decision: Decision, command: CloseAllPositions): Refused | undefined {
  const { shard } = decision;
  const { accountId, asset } = command;
  const account = shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  if (asset !== undefined && !shard.markets.has(asset)) return refuse('unknown-instrument', { asset });
  const closable: Position[] = [];
  let refused: Refused | undefined;
  for (const { market, firstPosition } of account.legs) {
    if (asset !== undefined && market.terms.asset !== asset) continue;
    const quote = quoteToClose(shard, market);
    if (isRefused(quote)) {
      if (refused?.code !== 'instrument-halted') refused = quote;
      continue;
    }
    for (let position = firstPosition; position !== null; position = position.next) closable.push(position);
  }
  if (closable.length === 0) return refused;
  closable.sort((a, b) => a.id - b.id);
  for (const position of closable) {
    const quote = position.leg.market.quote;
    if (quote !== null) fillClosing(decision, position, position.quantity, quote, 'close', null, null);
  }
  reviewMargin(decision, account);
  return undefined;
}
