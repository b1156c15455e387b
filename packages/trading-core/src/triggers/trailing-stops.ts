import { type Ticks, ticks } from '../numbers/units.ts';
import type { Position } from '../positions/position.ts';
import type { PositionSide } from '../positions/position-side.ts';
import { LevelHeap } from './level-heap.ts';

/** A position's trailing stop. Its level is the best price of its cohort, less its distance. */
export interface TrailingStop {
  /** The position's. */
  readonly id: number;
  readonly position: Position;
  readonly distance: Ticks;
  cohort: Cohort;
  slot: number;
}

/** Trailing stops that have seen the same best price, the closest on top. */
class Cohort {
  /** The position of the first stop, so that cohorts at one level come by age. */
  id = 0;
  slot = -1;
  best: number;
  readonly stops = new LevelHeap<TrailingStop>('rises', (stop, slot) => {
    stop.slot = slot;
  });

  constructor(best: number) {
    this.best = best;
  }
}

/**
 * The trailing stops of one instrument and side. A new best price moves the levels of all whose best was worse; moving
 * them one by one would be a scan. Stops with the same best price form a cohort, and cohorts form a stack whose best
 * prices get worse towards the top (a younger stop has seen less). A new best price merges the cohorts at the top, the
 * smaller into the larger: O(log²) a stop over its life, O(1) for a price that is no new best.
 *
 * Inside, prices are turned so that higher is better: bids for longs, minus asks for shorts.
 */
export class TrailingStops {
  readonly #sign: 1 | -1;
  /** A cohort whose last stop has left stays in its place, unless it is on top, until such are the half. */
  #stack: Cohort[] = [];
  #emptyCount = 0;
  readonly #levels = new LevelHeap<Cohort>('falls', (cohort, slot) => {
    cohort.slot = slot;
  });

  constructor(side: PositionSide) {
    this.#sign = side === 'long' ? 1 : -1;
  }

  /** Whether `price` is better than what some stop has seen, so that `follow` would move it. */
  isBestFor(price: Ticks): boolean {
    const top = this.#stack.at(-1);
    return top !== undefined && this.#sign * price > top.best;
  }

  /** Whether `price` moves or sets off any stop. */
  isTouchedBy(price: Ticks): boolean {
    return this.isBestFor(price) || this.#levels.isReachedBy(this.#sign * price);
  }

  /** Moves every stop that has seen worse to `price`. */
  follow(price: Ticks): void {
    const best = this.#sign * price;
    let merged: Cohort | undefined;
    for (let top = this.#stack.at(-1); top !== undefined && top.best <= best; top = this.#stack.at(-1)) {
      if (merged === undefined && top.best === best) return;
      this.#stack.pop();
      if (isEmpty(top)) {
        this.#emptyCount -= 1;
        continue;
      }
      this.#levels.remove(top.slot);
      merged = merged === undefined ? top : meld(merged, top);
    }
    if (merged === undefined) return;
    merged.best = best;
    this.#stack.push(merged);
    this.#rank(merged);
  }

  /** @param best best price seen so far: the current one for a new stop. */
  add(position: Position, distance: Ticks, best: Ticks): TrailingStop {
    const cohort = this.#cohortOf(this.#sign * best);
    const stop: TrailingStop = { id: position.id, position, distance, cohort, slot: -1 };
    cohort.stops.insert(stop, distance);
    this.#rank(cohort);
    return stop;
  }

  remove(stop: TrailingStop): void {
    const { cohort } = stop;
    cohort.stops.remove(stop.slot);
    if (cohort.stops.size > 0) {
      this.#rank(cohort);
      return;
    }
    this.#levels.remove(cohort.slot);
    this.#emptyCount += 1;
    this.#dropEmpty();
  }

  isReachedBy(price: Ticks): boolean {
    return this.#levels.isReachedBy(this.#sign * price);
  }

  first(): TrailingStop | undefined {
    return this.#levels.first()?.stops.first();
  }

  bestOf(stop: TrailingStop): Ticks {
    return ticks(this.#sign * stop.cohort.best + 0);
  }

  levelOf(stop: TrailingStop): Ticks {
    return ticks(this.#sign * (stop.cohort.best - stop.distance) + 0);
  }

  #cohortOf(best: number): Cohort {
    const index = this.#indexOf(best);
    const found = this.#stack[index];
    if (found?.best === best) {
      if (isEmpty(found)) this.#emptyCount -= 1;
      return found;
    }
    const cohort = new Cohort(best);
    this.#stack.splice(index, 0, cohort);
    return cohort;
  }

  /** Where a cohort with this best price is, or belongs. */
  #indexOf(best: number): number {
    let low = 0;
    let high = this.#stack.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stack[middle] as Cohort).best > best) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #dropEmpty(): void {
    for (let top = this.#stack.at(-1); top !== undefined && isEmpty(top); top = this.#stack.at(-1)) {
      this.#stack.pop();
      this.#emptyCount -= 1;
    }
    if (this.#emptyCount * 2 <= this.#stack.length) return;
    this.#stack = this.#stack.filter((cohort) => !isEmpty(cohort));
    this.#emptyCount = 0;
  }

  #rank(cohort: Cohort): void {
    if (cohort.slot >= 0) this.#levels.remove(cohort.slot);
    const first = cohort.stops.first() as TrailingStop;
    cohort.id = first.id;
    this.#levels.insert(cohort, cohort.best - first.distance);
  }
}

function isEmpty(cohort: Cohort): boolean {
  return cohort.stops.size === 0;
}

function meld(a: Cohort, b: Cohort): Cohort {
  const [larger, smaller] = a.stops.size >= b.stops.size ? [a, b] : [b, a];
  for (const stop of smaller.stops.items()) {
    stop.cohort = larger;
    larger.stops.insert(stop, stop.distance);
  }
  return larger;
}
