import { dashboard, figure, graph } from './panels.ts';

const instance = 'instance=~"$instance"';

/** Shards and their engines, commands, commits, and what waits to be told. */
export const trading = dashboard({
  uid: 'cfd-trading',
  title: 'Trading',
  about: 'What the trading-engines do: shards, commands and their outcomes, commits, and events that wait to be told.',
  jobs: 'trading-engine',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Shards held',
          about: 'Of twelve.',
          queries: { shards: 'sum(cfd_trading_engine_shards)' },
          colours: ['red', ['green', 12]],
        }),
        figure({
          title: 'Events not told yet',
          about: 'Committed and not published.',
          queries: { events: 'sum(cfd_trading_engine_outbox_events)' },
          colours: ['green', ['orange', 500], ['red', 5000]],
        }),
        figure({
          title: 'Failed commits, 24 h',
          queries: { batches: 'sum(increase(cfd_trading_engine_commit_failures_total[24h]))' },
          colours: ['green', ['orange', 1]],
        }),
        figure({
          title: 'Dead letters, 24 h',
          queries: { 'dead letters': 'sum(increase(cfd_trading_engine_dead_letters_total[24h]))' },
          colours: ['green', ['orange', 1]],
        }),
      ],
    },
    {
      title: 'Commands and events',
      panels: [
        graph({
          title: 'Commands, by outcome',
          about: 'A refusal by its code.',
          unit: 'cps',
          queries: {
            '{{type}}, {{outcome}}': `sum by (type, outcome) (rate(cfd_trading_engine_commands_total{${instance}}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'Events, by type',
          unit: 'cps',
          queries: {
            '{{type}}': `sum by (type) (rate(cfd_trading_engine_events_total{${instance}}[$__rate_interval]))`,
          },
        }),
      ],
    },
    {
      title: 'Shards and books',
      panels: [
        graph({ title: 'Shards, by engine', queries: { '{{instance}}': `cfd_trading_engine_shards{${instance}}` } }),
        graph({
          title: 'Events not told yet',
          queries: { '{{instance}}': `cfd_trading_engine_outbox_events{${instance}}` },
        }),
        graph({
          title: 'Committing a batch, p50 and p99',
          unit: 's',
          queries: {
            p50: `histogram_quantile(0.5, sum by (le) (rate(cfd_trading_engine_commit_seconds_bucket{${instance}}[$__rate_interval])))`,
            p99: `histogram_quantile(0.99, sum by (le) (rate(cfd_trading_engine_commit_seconds_bucket{${instance}}[$__rate_interval])))`,
          },
        }),
        graph({
          title: 'Batches committed, and failed',
          unit: 'cps',
          queries: {
            committed: `sum(rate(cfd_trading_engine_commit_seconds_count{${instance}}[$__rate_interval]))`,
            failed: `sum(rate(cfd_trading_engine_commit_failures_total{${instance}}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'Connections to PostgreSQL in use',
          queries: {
            '{{instance}}': `cfd_trading_engine_database_connections{${instance}, state="used"}`,
            most: `max(cfd_trading_engine_database_connections_max{${instance}})`,
          },
        }),
        graph({
          title: 'Queries that wait for one',
          queries: { '{{instance}}': `cfd_trading_engine_database_waiting_queries{${instance}}` },
        }),
      ],
    },
  ],
});
