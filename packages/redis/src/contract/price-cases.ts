import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Price } from '@repo/schemas';
import type { PriceCache } from '../port.ts';
import { newName } from './helpers.ts';

const newAsset = (): string => `T${newName().replaceAll('-', '').slice(0, 10).toUpperCase()}_USDC`;

function price(asset: string, sequence: number): Price {
  return {
    asset,
    price: 195.825 + sequence,
    timestamp: 1_760_297_791_517,
    bid: `${195 + sequence}.82`,
    ask: `${195 + sequence}.83`,
    status: 'live',
    source: 'simulated',
    sequence,
  };
}

/** The cache of prices. */
export function priceCases(prices: () => PriceCache): void {
  it('keeps the price of each asset, and leaves out those it has none of', async () => {
    const [one, two, none] = [newAsset(), newAsset(), newAsset()];
    await prices().put(price(one, 1));
    await prices().put(price(two, 7));
    const kept = [...(await prices().getMany([one, none, two]))].sort((a, b) => a.sequence - b.sequence);
    assert.deepEqual(kept, [price(one, 1), price(two, 7)]);
    assert.deepEqual(await prices().getMany([none]), []);
    assert.deepEqual(await prices().getMany([]), []);
  });

  it('replaces a price by a newer one only', async () => {
    const asset = newAsset();
    await prices().put(price(asset, 5));
    for (const late of [4, 0, 5]) {
      await prices().put({ ...price(asset, late), status: 'stale' });
      assert.deepEqual(await prices().getMany([asset]), [price(asset, 5)]);
    }
    await prices().put({ ...price(asset, 6), status: 'stale' });
    assert.deepEqual(await prices().getMany([asset]), [{ ...price(asset, 6), status: 'stale' }]);
  });

  it('ends with the newest of prices that come at once, in any order', async () => {
    const asset = newAsset();
    const sequences = Array.from({ length: 60 }, (_, index) => (index * 37) % 60);
    await Promise.all(sequences.map((sequence) => prices().put(price(asset, sequence))));
    assert.deepEqual(await prices().getMany([asset]), [price(asset, 59)]);
  });

  it('orders sequences as numbers', async () => {
    const asset = newAsset();
    for (const sequence of [9, 10, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER]) {
      await prices().put(price(asset, sequence));
      assert.equal((await prices().getMany([asset]))[0]?.sequence, sequence);
    }
  });
}
