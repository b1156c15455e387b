import { type ClosePosition, type Command, type ModifyPosition, steps, ticks } from '@repo/trading-core';
import { chooseExits, closingPriceFor } from './choose-levels.ts';
import type { Scene } from './scene.ts';

/** New levels for an open position. */
export function makePositionChange(scene: Scene): Command | undefined {
  const { random, open } = scene;
  if (open.positions.items.length === 0) return undefined;
  const { id, accountId, asset, side } = random.pick(open.positions.items);
  const quote = scene.quotes.get(asset);
  if (quote === undefined) return undefined;
  const base: ModifyPosition = { type: 'modify-position', at: scene.at, accountId, positionId: id };
  if (random.chance(0.1)) return { ...base, stopLoss: null };
  if (random.chance(0.1)) return { ...base, trailingDistance: null, takeProfit: null };
  return { ...base, ...chooseExits(scene, side === 'long', closingPriceFor(side === 'long', quote)) };
}

/** Closes a position, a part of it, or all that the account holds. */
export function makeClosing(scene: Scene): Command | undefined {
  const { random, open } = scene;
  if (open.positions.items.length === 0) return undefined;
  const { id, accountId, asset, side, quantity } = random.pick(open.positions.items);
  const quote = scene.quotes.get(asset);
  if (random.chance(0.15)) {
    const all = { type: 'close-all-positions', at: scene.at, accountId } as const;
    return random.chance(0.5) ? all : { ...all, asset };
  }
  const whole: ClosePosition = { type: 'close-position', at: scene.at, accountId, positionId: id };
  if (quote !== undefined && random.chance(0.15)) {
    const price = closingPriceFor(side === 'long', quote);
    return { ...whole, seenPrice: ticks(price + random.between(-3, 3)), slippageMax: ticks(random.between(0, 2)) };
  }
  if (random.chance(0.45)) return whole;
  const part = random.pick([0.1, 0.3, 0.5, 0.9]) * quantity;
  return { ...whole, quantity: steps(random.chance(0.03) ? quantity + 1 : Math.max(1, Math.round(part))) };
}
