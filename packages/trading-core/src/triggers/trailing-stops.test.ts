import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ticks } from '../numbers/units.ts';
import type { Position } from '../positions/position.ts';
import { type TrailingStop, TrailingStops } from './trailing-stops.ts';

/** What a list of stops, looked through one by one, would say. */
interface Naive {
  readonly stop: TrailingStop;
  readonly distance: number;
  best: number;
}

describe('TrailingStops', () => {
  const price = fc.integer({ min: 95, max: 105 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        best: price,
        distance: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('follow' as const), price }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set-off' as const), price }) },
  );

  for (const side of ['long', 'short'] as const) {
    it(`of ${side}s say what a list would`, () => {
      const sign = side === 'long' ? 1 : -1;
      const levelOf = ({ best, distance }: Naive) => best - sign * distance;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
          const stops = new TrailingStops(side);
          let list: Naive[] = [];
          const take = (naive: Naive): void => {
            stops.remove(naive.stop);
            list = list.filter((other) => other !== naive);
          };
          for (const [index, action] of steps.entries()) {
            // Prices drift the way that is best, so that no price stays the best one for long.
            const drift = sign * Math.floor(index / 4);
            if (action.kind === 'add') {
              // Ids in no order of insertion: a position's distance may be given long after it was opened.
              const position = { id: (index * 41) % 151 } as Position;
              const stop = stops.add(position, ticks(action.distance), ticks(action.best + drift));
              list.push({ stop, distance: action.distance, best: action.best + drift });
            } else if (action.kind === 'follow') {
              const followed = action.price + drift;
              assert.equal(
                stops.isBestFor(ticks(followed)),
                list.some(({ best }) => sign * (followed - best) > 0),
              );
              stops.follow(ticks(followed));
              for (const naive of list) if (sign * (followed - naive.best) > 0) naive.best = followed;
            } else if (action.kind === 'remove') {
              const naive = list[action.pick % Math.max(1, list.length)];
              if (naive !== undefined) take(naive);
            } else {
              const reached = action.price + drift;
              while (stops.isReachedBy(ticks(reached))) take(list.find(({ stop }) => stop === stops.first()) as Naive);
              assert(list.every((naive) => sign * (reached - levelOf(naive)) > 0));
            }
            list.sort((a, b) => sign * (levelOf(b) - levelOf(a)) || a.stop.id - b.stop.id);
            assert.equal(stops.first(), list[0]?.stop);
            for (const naive of list) {
              assert.equal(stops.bestOf(naive.stop), naive.best);
              assert.equal(stops.levelOf(naive.stop), levelOf(naive));
            }
            const first = list[0];
            for (const away of [-11, -5, 0, 5, 11]) {
              const probe = 100 + drift + away;
              const isReached = first !== undefined && sign * (probe - levelOf(first)) <= 0;
              const isBest = list.some(({ best }) => sign * (probe - best) > 0);
              assert.equal(stops.isReachedBy(ticks(probe)), isReached);
              assert.equal(stops.isTouchedBy(ticks(probe)), isReached || isBest);
            }
          }
          for (const naive of list) take(naive);
          assert.equal(stops.first(), undefined);
          for (const probe of [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
            assert.equal(stops.isTouchedBy(ticks(probe)), false, 'nothing is left behind');
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it('stay right for prices around zero', () => {
    const stops = new TrailingStops('short');
    const stop = stops.add({ id: 1 } as Position, ticks(5), ticks(3));
    stops.follow(ticks(-5));
    assert.equal(stops.bestOf(stop), -5);
    assert.equal(stops.levelOf(stop), 0);
    stops.follow(ticks(-6));
    assert.equal(stops.levelOf(stop), -1);
    assert.equal(stops.isReachedBy(ticks(-1)), true);
    assert.equal(stops.isReachedBy(ticks(-2)), false);
  });
});
