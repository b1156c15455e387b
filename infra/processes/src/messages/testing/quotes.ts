import { randomUUID } from 'node:crypto';
import type { PriceUpdate } from '@repo/schemas';

/** A live quote as the poller publishes it, with a tick of 0.01 as its spread. */
export function quote(
  asset: string,
  sequence: number,
  fields: { readonly cents: number; readonly at: number },
): PriceUpdate {
  const { cents, at } = fields;
  return {
    id: randomUUID(),
    at,
    asset,
    price: (2 * cents + 1) / 200,
    timestamp: at,
    bid: (cents / 100).toFixed(2),
    ask: ((cents + 1) / 100).toFixed(2),
    status: 'live',
    source: 'simulated',
    sequence,
  };
}

/** The first sequence of a test: above those of every poller before it, below those of every one after it. */
export function firstSequence(): number {
  return Date.now() * 1_000;
}
