import type { Account } from '../accounts/account.ts';
import { createLeg, type Leg, legOf, openNotional } from '../accounts/leg.ts';
import type { Fill, PositionClosed, PositionIncreased, PositionOpened, PositionReduced } from '../event.ts';
import type { Market } from '../instruments/market.ts';
import { priceSpan } from '../instruments/price-span.ts';
import { releaseGuards } from '../margin/margin-guards.ts';
import { usedMargin } from '../margin/used-margin.ts';
import { type Micros, micros, type Steps, steps, type TickSteps, type Ticks, tickSteps } from '../numbers/units.ts';
import type { Shard } from '../shard/shard.ts';
import { swapDayOf } from '../swap/swap-day.ts';
import type { Position } from './position.ts';
import { type PositionLevels, removeLevels, setLevels } from './position-levels.ts';
import { openedBy, type PositionSide } from './position-side.ts';
import { closingPrice } from './unrealized-pnl.ts';

export function applyOpening(shard: Shard, account: Account, market: Market, event: PositionOpened): void {
  const { fill, at, quantity, cost, stopLoss, takeProfit, trailingDistance } = event;
  const side = openedBy(fill.side);
  const position = addPosition(shard, account, market, {
    id: fill.positionId,
    side,
    quantity,
    cost,
    openedAt: at,
    // A day that has ended is over for a new position, whatever a clock says.
    swapDay: Math.max(swapDayOf(at) - 1, shard.swapDay),
    commission: micros(0),
    swap: micros(0),
    stopLoss,
    takeProfit,
    trailingDistance,
    trailingBest: closingPrice(side, fill.quote),
  });
  shard.nextPositionId = position.id + 1;
  countFill(shard, position, fill);
}

/** What a position is made of, apart from what it belongs to. */
export interface PositionFacts extends PositionLevels {
  readonly id: number;
  readonly side: PositionSide;
  readonly quantity: Steps;
  readonly cost: TickSteps;
  readonly openedAt: number;
  readonly swapDay: number;
  readonly commission: Micros;
  readonly swap: Micros;
  /** Best price that the trailing stop, if there is one, has seen. */
  readonly trailingBest: Ticks | null;
}

export function addPosition(shard: Shard, account: Account, market: Market, facts: PositionFacts): Position {
  const leg = legOf(account, market) ?? addLeg(account, market);
  const position: Position = {
    id: facts.id,
    leg,
    side: facts.side,
    quantity: steps(0),
    cost: tickSteps(0),
    openedAt: facts.openedAt,
    swapDay: facts.swapDay,
    commission: facts.commission,
    swap: facts.swap,
    stopLoss: null,
    takeProfit: null,
    trailing: null,
    stopLossSlot: -1,
    takeProfitSlot: -1,
    previous: leg.lastPosition,
    next: null,
  };
  if (leg.lastPosition === null) leg.firstPosition = position;
  else leg.lastPosition.next = position;
  leg.lastPosition = position;
  shard.positions.set(position.id, position);
  account.openPositions += 1;
  resize(shard, position, facts.quantity, facts.cost);
  setLevels(position, facts, facts.trailingBest);
  return position;
}

export function applyChange(shard: Shard, position: Position, event: PositionIncreased | PositionReduced): void {
  resize(shard, position, event.quantity, event.cost);
  countFill(shard, position, event.fill);
}

export function applyClosing(shard: Shard, position: Position, event: PositionClosed): void {
  const { leg } = position;
  resize(shard, position, event.quantity, event.cost);
  countFill(shard, position, event.fill);
  removeLevels(position);
  if (position.previous === null) leg.firstPosition = position.next;
  else position.previous.next = position.next;
  if (position.next === null) leg.lastPosition = position.previous;
  else position.next.previous = position.previous;
  shard.positions.delete(position.id);
  leg.account.openPositions -= 1;
  if (leg.firstPosition === null) removeLeg(leg);
}

function countFill(shard: Shard, position: Position, fill: Fill): void {
  position.commission = micros(position.commission + fill.commission);
  shard.roundingCarry = fill.roundingCarry;
  shard.nextFillId = fill.id + 1;
}

/** Gives a position its new quantity and cost, and carries the difference through all sums that it is part of. */
function resize(shard: Shard, position: Position, quantity: Steps, cost: TickSteps): void {
  const { leg, side } = position;
  const { account, market } = leg;
  const { tickValue } = market.terms;
  const addedQuantity = quantity - position.quantity;
  const addedCost = cost - position.cost;
  const addedNotional = (Math.abs(cost) - Math.abs(position.cost)) * tickValue;
  position.quantity = quantity;
  position.cost = cost;
  addToLeg(leg, side, addedQuantity, addedCost);

  const tiers = account.profile.leverage[market.terms.assetClass];
  const margin = usedMargin(tiers, openNotional(leg, 'long'), openNotional(leg, 'short'));
  account.usedMargin = micros(account.usedMargin + margin - leg.margin);
  leg.margin = margin;
  account.openNotional = micros(account.openNotional + addedNotional);
  account.reach = micros(account.reach + addedQuantity * priceSpan(market.terms) * tickValue);
  shard.grossNotional = micros(shard.grossNotional + addedNotional);
}

function addToLeg(leg: Leg, side: PositionSide, quantity: number, cost: number): void {
  const { market } = leg;
  if (side === 'long') {
    leg.longQuantity = steps(leg.longQuantity + quantity);
    leg.longCost = tickSteps(leg.longCost + cost);
    market.clientLong = steps(market.clientLong + quantity);
  } else {
    leg.shortQuantity = steps(leg.shortQuantity + quantity);
    leg.shortCost = tickSteps(leg.shortCost + cost);
    market.clientShort = steps(market.clientShort + quantity);
  }
}

function addLeg(account: Account, market: Market): Leg {
  const leg = createLeg(account, market);
  const index = account.legs.findIndex((other) => other.market.ordinal > market.ordinal);
  const before = index < 0 ? account.legs : account.legs.slice(0, index);
  const after = index < 0 ? [] : account.legs.slice(index);
  // Made anew: an array that grows reserves more than most accounts ever hold.
  account.legs = [...before, leg, ...after];
  return leg;
}

function removeLeg(leg: Leg): void {
  releaseGuards(leg);
  const { account } = leg;
  account.legs = account.legs.filter((other) => other !== leg);
}
