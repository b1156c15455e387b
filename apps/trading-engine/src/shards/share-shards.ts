/**
 * How many shards each engine is to have: as many as the others, or one more for the first ones by name. All engines
 * see the same names, so they agree without a word.
 */
export function fairShare(engines: readonly string[], me: string, shards: number): number {
  const index = [...engines].sort().indexOf(me);
  if (index < 0) return 0;
  const each = Math.floor(shards / engines.length);
  return index < shards % engines.length ? each + 1 : each;
}
