import { type Quote, type Ticks, ticks } from '@repo/trading-core';
import type { Scene } from './scene.ts';

export interface ChosenLevels {
  stopLoss?: Ticks;
  takeProfit?: Ticks;
  trailingDistance?: Ticks;
}

/** How far a level lies from the price: on it, a tick away, near, or far. */
export function chooseDistance({ random }: Scene, price: number): number {
  const scale = Math.max(50, Math.abs(price));
  const way = random.weighted({ none: 2, tick: 10, near: 25, middle: 33, far: 30 });
  switch (way) {
    case 'none':
      return 0;
    case 'tick':
      return 1;
    case 'near':
      return random.between(2, 12);
    case 'middle':
      return Math.ceil(random.fraction() * scale * 0.01) + 1;
    case 'far':
      return Math.ceil(random.fraction() * scale * 0.1) + 1;
  }
}

/** Some like round numbers, so that levels meet. */
export function roundLevel({ random }: Scene, level: number): number {
  if (!random.chance(0.35)) return level;
  const grid = Math.max(5, Math.round(Math.abs(level) / 300));
  return Math.round(level / grid) * grid;
}

/** Exits of a position of this side, seen from `price`. Now and then one is on the wrong side. */
export function chooseExits(scene: Scene, isLong: boolean, price: number): ChosenLevels {
  const { random } = scene;
  const levels: ChosenLevels = {};
  const sign = (isLong ? 1 : -1) * (random.chance(0.01) ? -1 : 1);
  if (random.chance(0.3)) levels.stopLoss = ticks(roundLevel(scene, price - sign * chooseDistance(scene, price)));
  if (random.chance(0.3)) levels.takeProfit = ticks(roundLevel(scene, price + sign * chooseDistance(scene, price)));
  if (random.chance(0.12)) levels.trailingDistance = ticks(Math.max(1, chooseDistance(scene, price)));
  return levels;
}

/** The side of the quote at which a position of this side would be closed. */
export function closingPriceFor(isLong: boolean, quote: Quote): number {
  return isLong ? quote.bid : quote.ask;
}
