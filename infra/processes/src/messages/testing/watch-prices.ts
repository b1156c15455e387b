import assert from 'node:assert/strict';
import { createPriceStream } from '@repo/client';
import type { Price } from '@repo/schemas';
import { until } from './until.ts';

/** What a client sees of an asset's prices, in the order of its frames. */
export interface Watched extends Disposable {
  readonly seen: readonly Price[];
  /** Fails when a price came after a newer one, or again; only its status may change when nothing newer comes. */
  assertForward(): void;
}

/** Subscribes to all prices over the WebSocket and waits for the snapshot. */
export async function watchPrices(url: string, asset: string): Promise<Watched> {
  const seen: Price[] = [];
  let snapshots = 0;
  const stream = createPriceStream({ url });
  stream.subscribe('prices', ({ type, data }) => {
    if (type === 'snapshot') snapshots += 1;
    seen.push(...data.filter((price) => price.asset === asset));
  });
  await until('the snapshot', () => snapshots > 0);
  return {
    seen,
    assertForward: () => {
      for (const [index, { sequence, status }] of seen.entries()) {
        const before = seen[index - 1];
        if (before === undefined || sequence > before.sequence) continue;
        const aged = sequence === before.sequence && status !== before.status && status !== 'live';
        assert.ok(aged, `${sequence} (${status}) came after ${before.sequence} (${before.status})`);
      }
    },
    [Symbol.dispose]: () => stream.close(),
  };
}
