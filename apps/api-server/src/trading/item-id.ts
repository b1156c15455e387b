/** An order, a position, a fill or a ledger transaction: numbers are of a shard, so the wire names both. */
export interface ItemKey {
  readonly shard: number;
  readonly number: number;
}

/** `{shard: 7, number: 42}` → `7-42`. */
export function itemId(shard: number, number: number): string {
  return `${shard}-${number}`;
}

/** @param id in the form of `ItemIdSchema`. */
export function parseItemId(id: string): ItemKey {
  const [shard, number] = id.split('-').map(Number) as [number, number];
  return { shard, number };
}
