import { Digest } from './digest.ts';
import type { Shard } from './shard.ts';
import { snapshotShard } from './snapshot.ts';

/** Fingerprint of a shard's state: shards with the same one have the same future. 16 hex digits. */
export function hashShard(shard: Shard): string {
  const digest = new Digest();
  const { markets, accounts, orders, positions, recentOrders, ...rest } = snapshotShard(shard);
  digest.update(JSON.stringify(rest));
  // Item by item: a large shard in one text would be longer than a string may be.
  for (const items of [markets, accounts, orders, positions, recentOrders]) {
    for (const item of items) digest.update(JSON.stringify(item));
    digest.update(';');
  }
  return digest.hex();
}
