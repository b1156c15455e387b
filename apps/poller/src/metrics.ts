import type { FeedStatus } from '@repo/schemas';
import { Counter, createMetrics, Gauge, Histogram } from '@repo/service';
import { dropReasons } from './policy/drop-reason.ts';

const statuses: readonly FeedStatus[] = ['live', 'stale', 'down'];

export type PollerMetrics = ReturnType<typeof createPollerMetrics>;

/** Every figure of the poller. `received` = dropped + published + conflated, once nothing waits. */
export function createPollerMetrics() {
  const registry = createMetrics();
  const registers = [registry];
  const dropped = new Counter({
    name: 'cfd_poller_quotes_dropped_total',
    help: 'Quotes not passed on, by the first reason that applies.',
    labelNames: ['reason'] as const,
    registers,
  });
  for (const reason of dropReasons) dropped.inc({ reason }, 0);
  const status = new Gauge({
    name: 'cfd_poller_asset_status',
    help: '1 for the status an asset has, 0 for the others.',
    labelNames: ['asset', 'status'] as const,
    registers,
  });
  return {
    registry,
    dropped,
    received: new Counter({
      name: 'cfd_poller_quotes_received_total',
      help: 'Quotes that came in from the market an asset is priced by.',
      labelNames: ['source'] as const,
      registers,
    }),
    published: new Counter({
      name: 'cfd_poller_quotes_published_total',
      help: 'Quotes the log has taken.',
      labelNames: ['asset'] as const,
      registers,
    }),
    conflated: new Counter({
      name: 'cfd_poller_updates_conflated_total',
      help: 'Updates left out for newer ones of their asset, because the log was away or slow.',
      registers,
    }),
    statusChanges: new Counter({
      name: 'cfd_poller_status_changes_total',
      help: 'Changes of an asset to this status.',
      labelNames: ['asset', 'status'] as const,
      registers,
    }),
    publishFailures: new Counter({
      name: 'cfd_poller_publish_failures_total',
      help: 'Writes to the log that failed.',
      registers,
    }),
    cacheFailures: new Counter({
      name: 'cfd_poller_cache_failures_total',
      help: 'Writes to the price cache that failed.',
      registers,
    }),
    publishSeconds: new Histogram({
      name: 'cfd_poller_publish_seconds',
      help: 'From the frame of a quote to its place in the log.',
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    connected: new Gauge({
      name: 'cfd_poller_source_connected',
      help: '1 while there is an open connection to the source.',
      labelNames: ['source'] as const,
      registers,
    }),
    reconnects: new Counter({
      name: 'cfd_poller_source_reconnects_total',
      help: 'Connections to the source opened after the first.',
      labelNames: ['source'] as const,
      registers,
    }),
    sourceErrors: new Counter({
      name: 'cfd_poller_source_errors_total',
      help: 'Error frames of the source.',
      labelNames: ['source'] as const,
      registers,
    }),
    /** Call with what to read when somebody asks for the figures. */
    watchAges(ages: () => Iterable<readonly [asset: string, ageMs: number]>): void {
      new Gauge({
        name: 'cfd_poller_quote_age_seconds',
        help: 'Age of the last good quote of an asset.',
        labelNames: ['asset'] as const,
        registers,
        collect() {
          for (const [asset, ageMs] of ages()) this.set({ asset }, ageMs / 1_000);
        },
      });
    },
    /** Call with what to read when somebody asks for the figures: updates that wait to be written. */
    watchWaiting(waiting: () => { readonly log: number; readonly cache: number }): void {
      new Gauge({
        name: 'cfd_poller_updates_waiting',
        help: 'Updates that wait to be written, by where to.',
        labelNames: ['destination'] as const,
        registers,
        collect() {
          for (const [destination, count] of Object.entries(waiting())) this.set({ destination }, count);
        },
      });
    },
    setStatus(asset: string, current: FeedStatus): void {
      for (const one of statuses) status.set({ asset, status: one }, one === current ? 1 : 0);
    },
  };
}
