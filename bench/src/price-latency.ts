import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Sent } from './exchange.ts';
import type { RecordedFrame } from './recorded-quotes.ts';

/** What a client saw of an asset in one update of the channel. */
export interface SeenPrice {
  readonly asset: string;
  readonly bid: string;
  readonly ask: string;
  /** When the poller read the quote, ms since the epoch. */
  readonly timestamp: number;
}

export interface Latency {
  /** Of every frame at every measured client, in µs. */
  readonly histogram: RecordableHistogram;
  /** Frames after the last that any update held. */
  readonly uncovered: number;
  /** When the last update arrived, ms of the monotonic clock. */
  readonly lastArrivalMs: number;
}

/**
 * Every frame of the exchange counts, at every measured client: its latency ends with the first update that holds it or
 * a newer one of its asset. An update is matched to the newest frame with its prices that had been sent when the
 * poller read it.
 */
export function measureLatency(
  frames: readonly RecordedFrame[],
  sent: readonly Sent[],
  updates: ReadonlyMap<number, readonly SeenPrice[]>,
  arrivals: readonly ReadonlyMap<number, number>[],
): Latency {
  const histogram = createHistogram();
  const channelSequences = [...updates.keys()].toSorted((a, b) => a - b);
  let covered = 0;
  let lastArrivalMs = 0;
  for (const asset of new Set(frames.map((frame) => frame.asset))) {
    const indexes = frames.flatMap((frame, index) => (frame.asset === asset ? [index] : []));
    let next = 0;
    for (const channelSequence of channelSequences) {
      const seen = updates.get(channelSequence)?.find((price) => price.asset === asset);
      if (seen === undefined) continue;
      let newest = -1;
      for (let at = next; at < indexes.length && (sent[indexes[at] ?? 0]?.wallMs ?? 0) <= seen.timestamp; at += 1) {
        const frame = frames[indexes[at] ?? 0];
        if (frame?.bid === seen.bid && frame.ask === seen.ask) newest = at;
      }
      for (; next <= newest; next += 1) {
        covered += 1;
        const sentAtMs = sent[indexes[next] ?? 0]?.atMs ?? 0;
        for (const arrived of arrivals) {
          const at = arrived.get(channelSequence);
          if (at === undefined) continue;
          histogram.record(Math.max(1, Math.round((at - sentAtMs) * 1000)));
          lastArrivalMs = Math.max(lastArrivalMs, at);
        }
      }
    }
  }
  return { histogram, uncovered: frames.length - covered, lastArrivalMs };
}
