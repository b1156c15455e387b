import type { ModifyPosition } from '../command.ts';
import { isRefused, quoteToClose } from '../limits/tradable.ts';
import { checkDistance, checkExitLevels, checkTick } from '../orders/check-levels.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { Position } from './position.ts';
import { type PositionLevels, trailingBest } from './position-levels.ts';
import { closingPrice } from './unrealized-pnl.ts';

/** Sets or takes away a position's stop loss, take profit and trailing stop. */
export function modifyPosition(decision: Decision, command: ModifyPosition): Refused | undefined {
  const { shard } = decision;
  const account = shard.accounts.get(command.accountId);
  if (account === undefined) return refuse('unknown-account', { accountId: command.accountId });
  const position = shard.positions.get(command.positionId);
  if (position === undefined || position.leg.account !== account) {
    return refuse('position-not-open', { positionId: command.positionId });
  }
  const { market } = position.leg;
  const quote = quoteToClose(shard, market);
  if (isRefused(quote) && quote.code === 'instrument-halted') return quote;
  const levels = modifiedLevels(position, command);
  const wrong =
    checkTick(market.terms, 'stopLoss', levels.stopLoss) ??
    checkTick(market.terms, 'takeProfit', levels.takeProfit) ??
    checkDistance(market.terms, 'trailingDistance', levels.trailingDistance);
  if (wrong !== undefined) return wrong;
  if (isRefused(quote)) return quote;
  const price = closingPrice(position.side, quote);
  const misplaced = checkExitLevels(position.side, levels, price);
  if (misplaced !== undefined) return misplaced;
  const startsAnew = typeof command.trailingDistance === 'number';
  emit(decision, {
    type: 'position-modified',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    positionId: position.id,
    ...levels,
    trailingBest: startsAnew ? price : levels.trailingDistance === null ? null : trailingBest(position),
  });
  return undefined;
}

function modifiedLevels(position: Position, command: ModifyPosition): PositionLevels {
  const distance = position.trailing?.distance ?? null;
  return {
    stopLoss: command.stopLoss === undefined ? position.stopLoss : command.stopLoss,
    takeProfit: command.takeProfit === undefined ? position.takeProfit : command.takeProfit,
    trailingDistance: command.trailingDistance === undefined ? distance : command.trailingDistance,
  };
}
