import type { TradeEvent } from '@repo/schemas';
import type { EventRow } from './books.ts';
import type { Finding } from './finding.ts';

/** 12: events are told in the order of their shard without a gap; 5: and are in the books. One may come again. */
export function auditTold(
  told: Iterable<Pick<TradeEvent, 'shard' | 'sequence' | 'type'>>,
  rows: readonly Pick<EventRow, 'shard' | 'sequence' | 'type'>[],
): Finding[] {
  const findings: Finding[] = [];
  const last = new Map<number, number>();
  const types = new Map<string, string>();
  for (const { shard, sequence, type } of told) {
    const before = last.get(shard);
    // What came before the recording began is not missed.
    if (before !== undefined && sequence > before + 1) {
      findings.push({ invariant: 12, what: `shard ${shard}: event ${sequence} was told after ${before}` });
    }
    last.set(shard, Math.max(before ?? 0, sequence));
    types.set(`${shard}-${sequence}`, type);
  }
  for (const { shard, sequence, type } of rows) {
    const id = `${shard}-${sequence}`;
    const isKnown = types.has(id);
    if (types.get(id) === type) types.delete(id);
    if (!isKnown && sequence > (last.get(shard) ?? 0)) {
      findings.push({ invariant: 12, what: `event ${id} was never told`, rows: { type } });
    }
  }
  for (const [id, type] of types) {
    findings.push({ invariant: 5, what: `event ${id} was told, and is not in the books`, rows: { type } });
  }
  return findings;
}
