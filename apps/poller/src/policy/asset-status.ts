import type { FeedStatus } from '@repo/schemas';
import type { Instrument } from '@repo/trading-core';

/** The limits of an instrument on the age of its last quote, ms. */
type AgeLimits = Pick<Instrument, 'staleAfterMs' | 'downAfterMs'>;

/** The status of an asset whose last good quote is `ageMs` old. A quote as old as the limit is past it. */
export function assetStatus(ageMs: number, limits: AgeLimits): FeedStatus {
  if (ageMs >= limits.downAfterMs) return 'down';
  return ageMs >= limits.staleAfterMs ? 'stale' : 'live';
}

/** How long, ms, until the status changes if no quote comes; `undefined` when it is already down. */
export function untilNextStatus(ageMs: number, limits: AgeLimits): number | undefined {
  if (ageMs < limits.staleAfterMs) return limits.staleAfterMs - ageMs;
  return ageMs < limits.downAfterMs ? limits.downAfterMs - ageMs : undefined;
}
