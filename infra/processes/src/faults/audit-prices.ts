import type { PriceUpdate } from '@repo/schemas';

/**
 * A poller counts its updates of an asset by one, and begins at the microseconds of its start: a jump this large is
 * another poller, or the same one in a later term. Updates that were left out while the log was away make smaller ones.
 */
const TERM_JUMP = 200_000;

/**
 * The updates of each asset rise, in the order of the topic, so that no two pollers published at the same time.
 *
 * @param updates of one asset after the other or mixed, each asset's in the order of its partition.
 * @param terms how often a poller got the lease.
 */
export function auditPrices(updates: readonly PriceUpdate[], terms: number): string[] {
  return [...Map.groupBy(updates, ({ asset }) => asset)].flatMap(([asset, own]) => {
    const faults: string[] = [];
    let runs = 1;
    for (const [index, update] of own.entries()) {
      const before = own[index - 1];
      // A send whose acknowledgement was lost is repeated: the same message again, not another.
      if (before === undefined || before.id === update.id) continue;
      const step = update.sequence - before.sequence;
      if (step <= 0) faults.push(`${asset}: ${update.sequence} follows ${before.sequence} in the topic`);
      if (step >= TERM_JUMP) runs += 1;
    }
    if (runs > terms) faults.push(`${asset}: ${runs} pollers published, and the lease was given ${terms} times`);
    return faults;
  });
}
