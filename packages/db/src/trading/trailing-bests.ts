import type { PositionSide } from '@repo/trading-core';
import { type BookPart, partCondition } from './book-part.ts';
import type { RowSource } from './read-snapshot.ts';

interface Reached {
  readonly sequence: number;
  /** The best from here to the newest event. */
  best: number;
}

/**
 * The best prices that trailing stops have seen since they were set. One event moves all of a side, so that a quote
 * writes no row for each position; here they are put together again.
 */
export class TrailingBests {
  /** By asset and side, oldest first. */
  readonly #reached = new Map<string, Reached[]>();

  /** Those that an open trailing stop of the part may have seen. */
  static async read(source: RowSource, part: BookPart): Promise<TrailingBests> {
    const { where, values } = partCondition(part);
    const { rows } = await source.query<{ sequence: string; asset: string; side: PositionSide; price: string }>(
      `with stops as materialized (
         select asset, side, min(trailing_sequence) as since from positions
         where ${where} and closed_at is null and trailing_distance is not null group by asset, side
       )
       select sequence, stops.asset, stops.side, data ->> 'price' as price from trade_events
       join stops on stops.asset = data ->> 'asset' and stops.side = data ->> 'side' and sequence > since
       where shard = $1 and type = 'trailing-best-reached' and sequence > (select min(since) from stops)
       order by sequence`,
      [...values],
    );
    const bests = new TrailingBests();
    for (const { sequence, asset, side, price } of rows.reverse()) {
      bests.#addOlder(asset, side, { sequence: Number(sequence), best: Number(price) });
    }
    for (const reached of bests.#reached.values()) reached.reverse();
    return bests;
  }

  /** The best price that a trailing stop has seen, its own at the start included. */
  since(stop: {
    readonly asset: string;
    readonly side: PositionSide;
    readonly trailing_best: string | null;
    readonly trailing_sequence: string;
  }): number {
    const own = Number(stop.trailing_best);
    const reached = this.#reached.get(`${stop.asset} ${stop.side}`) ?? [];
    const first = firstAfter(reached, Number(stop.trailing_sequence));
    return first === undefined ? own : better(stop.side, own, first.best);
  }

  #addOlder(asset: string, side: PositionSide, reached: Reached): void {
    const key = `${asset} ${side}`;
    const newer = this.#reached.get(key);
    if (newer === undefined) {
      this.#reached.set(key, [reached]);
      return;
    }
    reached.best = better(side, reached.best, newer.at(-1)?.best ?? reached.best);
    newer.push(reached);
  }
}

function better(side: PositionSide, one: number, other: number): number {
  return side === 'long' ? Math.max(one, other) : Math.min(one, other);
}

function firstAfter(sorted: readonly Reached[], sequence: number): Reached | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Reached).sequence > sequence) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}
