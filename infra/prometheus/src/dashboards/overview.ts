import { dashboard, figure, graph } from './panels.ts';

/** Is it working? The first page to look at. */
export const overview = dashboard({
  uid: 'cfd-overview',
  title: 'Broker overview',
  about: 'Is it working: feed, sign-ins, answers, errors, what is behind.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Assets live',
          queries: { live: 'sum(cfd_poller_asset_status{status="live"})' },
          colours: ['red', ['green', 1]],
        }),
        figure({
          title: 'Active pollers',
          about: 'Exactly one publishes; the others stand by.',
          queries: { active: 'sum(cfd_poller_active)' },
          colours: ['red', ['green', 1], ['red', 2]],
        }),
        figure({
          title: 'Services not ready',
          queries: { 'not ready': 'count(cfd_ready) - sum(cfd_ready)' },
          colours: ['green', ['red', 1]],
        }),
        figure({
          title: 'Requests failed',
          about: 'Of the last five minutes, those answered with 5xx.',
          unit: 'percentunit',
          queries: {
            failed:
              '(sum(rate(cfd_api_server_http_request_duration_seconds_count{status=~"5.."}[5m])) or vector(0)) / sum(rate(cfd_api_server_http_request_duration_seconds_count[5m]))',
          },
          colours: ['green', ['orange', 0.01], ['red', 0.05]],
        }),
        figure({
          title: 'Connected screens',
          queries: { clients: 'sum(cfd_api_server_websocket_clients)' },
          colours: ['blue'],
        }),
        figure({
          title: 'Alerts firing',
          queries: { alerts: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
          colours: ['green', ['red', 1]],
        }),
      ],
    },
    {
      title: 'Prices',
      panels: [
        graph({
          title: 'Age of the last quote',
          about: 'At the poller, from the market.',
          unit: 's',
          queries: { '{{asset}}': 'max by (asset) (cfd_poller_quote_age_seconds)' },
        }),
        graph({
          title: 'From the market to the log, p50 and p99',
          unit: 's',
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(cfd_poller_publish_seconds_bucket[$__rate_interval])))',
            p99: 'histogram_quantile(0.99, sum by (le) (rate(cfd_poller_publish_seconds_bucket[$__rate_interval])))',
          },
        }),
      ],
    },
    {
      title: 'Traders',
      panels: [
        graph({
          title: 'Sign-ups, sign-ins and sessions',
          about: 'What the user store was asked, by outcome.',
          unit: 'reqps',
          queries: {
            '{{type}}, {{outcome}}':
              'sum by (type, outcome) (rate(cfd_api_server_user_requests_total[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Answers, p50 and p99',
          unit: 's',
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(cfd_api_server_http_request_duration_seconds_bucket[$__rate_interval])))',
            p99: 'histogram_quantile(0.99, sum by (le) (rate(cfd_api_server_http_request_duration_seconds_bucket[$__rate_interval])))',
          },
        }),
        graph({
          title: 'Requests by status',
          unit: 'reqps',
          queries: {
            '{{status}}':
              'sum by (status) (rate(cfd_api_server_http_request_duration_seconds_count[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Records not handled yet',
          about: 'Of the db-processors. What falls, drains; what only rises, does not.',
          queries: {
            '{{group}}: {{topic}}': 'sum by (group, topic) (cfd_db_processor_consumer_lag_records)',
          },
        }),
      ],
    },
  ],
});
