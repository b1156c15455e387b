import type { Ticks } from '../numbers/units.ts';
import type { Position } from './position.ts';

/** Where a position is to be closed; `null`: not at all. */
export interface PositionLevels {
  readonly stopLoss: Ticks | null;
  readonly takeProfit: Ticks | null;
  readonly trailingDistance: Ticks | null;
}

/** Best price that a position's trailing stop has seen; `null` without one. */
export function trailingBest(position: Position): Ticks | null {
  return position.trailing === null ? null : trailingStopsOf(position).bestOf(position.trailing);
}

/** Where a position's trailing stop is now; `null` without one. */
export function trailingLevel(position: Position): Ticks | null {
  return position.trailing === null ? null : trailingStopsOf(position).levelOf(position.trailing);
}

/** @param best best price that the trailing stop has seen; given whenever there is one. */
export function setLevels(position: Position, levels: PositionLevels, best: Ticks | null): void {
  removeLevels(position);
  position.stopLoss = levels.stopLoss;
  position.takeProfit = levels.takeProfit;
  if (levels.stopLoss !== null) stopLossesOf(position).insert(position, levels.stopLoss);
  if (levels.takeProfit !== null) takeProfitsOf(position).insert(position, levels.takeProfit);
  if (levels.trailingDistance !== null && best !== null) {
    position.trailing = trailingStopsOf(position).add(position, levels.trailingDistance, best);
  }
}

export function removeLevels(position: Position): void {
  if (position.stopLossSlot >= 0) stopLossesOf(position).remove(position.stopLossSlot);
  if (position.takeProfitSlot >= 0) takeProfitsOf(position).remove(position.takeProfitSlot);
  if (position.trailing !== null) trailingStopsOf(position).remove(position.trailing);
  position.stopLoss = null;
  position.takeProfit = null;
  position.trailing = null;
}

function stopLossesOf({ side, leg: { market } }: Position) {
  return side === 'long' ? market.longStopLosses : market.shortStopLosses;
}

function takeProfitsOf({ side, leg: { market } }: Position) {
  return side === 'long' ? market.longTakeProfits : market.shortTakeProfits;
}

function trailingStopsOf({ side, leg: { market } }: Position) {
  return side === 'long' ? market.longTrailingStops : market.shortTrailingStops;
}
