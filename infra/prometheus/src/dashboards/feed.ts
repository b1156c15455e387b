import { dashboard, figure, graph } from './panels.ts';

/** From the market to the log: the poller. */
export const feed = dashboard({
  uid: 'cfd-feed',
  title: 'Feed',
  about: 'The pollers: who is active, how fresh each price is, what was dropped and why.',
  jobs: 'poller',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Active pollers',
          queries: { active: 'sum(cfd_poller_active{instance=~"$instance"})' },
          colours: ['red', ['green', 1], ['red', 2]],
        }),
        figure({
          title: 'Live',
          queries: { live: 'sum(cfd_poller_asset_status{instance=~"$instance", status="live"})' },
          colours: ['red', ['green', 1]],
        }),
        figure({
          title: 'Stale',
          queries: { stale: 'sum(cfd_poller_asset_status{instance=~"$instance", status="stale"})' },
          colours: ['green', ['orange', 1]],
        }),
        figure({
          title: 'Down',
          queries: { down: 'sum(cfd_poller_asset_status{instance=~"$instance", status="down"})' },
          colours: ['green', ['red', 1]],
        }),
        figure({
          title: 'Connected to',
          about: 'Open connections to sources. A simulation and a replay have none.',
          queries: { '{{source}}': 'max by (source) (cfd_poller_source_connected{instance=~"$instance"})' },
          colours: ['red', ['green', 1]],
          width: 8,
        }),
      ],
    },
    {
      title: 'Quotes',
      panels: [
        graph({
          title: 'Age of the last quote',
          unit: 's',
          queries: { '{{asset}}': 'max by (asset) (cfd_poller_quote_age_seconds{instance=~"$instance"})' },
        }),
        graph({
          title: 'Published',
          unit: 'cps',
          queries: {
            '{{asset}}':
              'sum by (asset) (rate(cfd_poller_quotes_published_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Came in',
          unit: 'cps',
          queries: {
            '{{source}}':
              'sum by (source) (rate(cfd_poller_quotes_received_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Dropped',
          about: 'By the first reason that applies.',
          unit: 'cps',
          queries: {
            '{{reason}}':
              'sum by (reason) (rate(cfd_poller_quotes_dropped_total{instance=~"$instance"}[$__rate_interval])) > 0',
          },
        }),
        graph({
          title: 'From the frame to the log',
          unit: 's',
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(cfd_poller_publish_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
            p99: 'histogram_quantile(0.99, sum by (le) (rate(cfd_poller_publish_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
          },
        }),
        graph({
          title: 'Changes of status',
          queries: {
            '{{asset}} {{status}}':
              'sum by (asset, status) (increase(cfd_poller_status_changes_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
      ],
    },
    {
      title: 'What it stands on',
      panels: [
        graph({
          title: 'Failures',
          unit: 'cps',
          queries: {
            'writes to the log':
              'sum(rate(cfd_poller_publish_failures_total{instance=~"$instance"}[$__rate_interval]))',
            'writes to the cache':
              'sum(rate(cfd_poller_cache_failures_total{instance=~"$instance"}[$__rate_interval]))',
            'errors of {{source}}':
              'sum by (source) (rate(cfd_poller_source_errors_total{instance=~"$instance"}[$__rate_interval]))',
            'reconnects to {{source}}':
              'sum by (source) (rate(cfd_poller_source_reconnects_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Updates that wait, and those left out for newer ones',
          queries: {
            'wait for the {{destination}}': 'sum by (destination) (cfd_poller_updates_waiting{instance=~"$instance"})',
            'left out': 'sum(increase(cfd_poller_updates_conflated_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
      ],
    },
  ],
});
