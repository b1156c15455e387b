import { dashboard, graph } from './panels.ts';

const quantile = (q: number) =>
  `histogram_quantile(${q}, sum by (le, route) (rate(cfd_api_server_http_request_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))`;
const total = (name: string) => `sum(rate(cfd_api_server_${name}{instance=~"$instance"}[$__rate_interval]))`;

/** The door for clients: HTTP, WebSocket, mail. */
export const api = dashboard({
  uid: 'cfd-api',
  title: 'API and WebSocket',
  about: 'The api-servers: requests, connections, frames, limits, mail.',
  jobs: 'api-server',
  rows: [
    {
      title: 'HTTP',
      panels: [
        graph({
          title: 'Requests by route',
          unit: 'reqps',
          queries: {
            '{{method}} {{route}}':
              'sum by (method, route) (rate(cfd_api_server_http_request_duration_seconds_count{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Requests by status',
          unit: 'reqps',
          queries: {
            '{{status}}':
              'sum by (status) (rate(cfd_api_server_http_request_duration_seconds_count{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({ title: 'Answers by route, p50', unit: 's', queries: { '{{route}}': quantile(0.5) } }),
        graph({ title: 'Answers by route, p99', unit: 's', queries: { '{{route}}': quantile(0.99) } }),
        graph({
          title: 'Refused by a limit',
          unit: 'reqps',
          queries: {
            '{{limit}}':
              'sum by (limit) (rate(cfd_api_server_limit_hits_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Given up by the client',
          unit: 'reqps',
          queries: { 'went away before the answer': total('http_requests_aborted_total') },
        }),
      ],
    },
    {
      title: 'WebSocket',
      panels: [
        graph({
          title: 'Connections',
          queries: {
            '{{instance}}': 'cfd_api_server_websocket_clients{instance=~"$instance"}',
            'most, {{instance}}': 'cfd_api_server_websocket_clients_max{instance=~"$instance"}',
          },
        }),
        graph({
          title: 'Channels held',
          queries: { '{{instance}}': 'cfd_api_server_websocket_subscriptions{instance=~"$instance"}' },
        }),
        graph({
          title: 'Frames',
          about: 'Built once for all; delivered to each; kept from those that read too slowly.',
          unit: 'cps',
          queries: {
            built: total('websocket_frames_total'),
            delivered: total('websocket_deliveries_total'),
            'kept from slow clients': total('websocket_skipped_deliveries_total'),
          },
        }),
        graph({
          title: 'Bytes that wait for clients',
          unit: 'bytes',
          queries: { '{{instance}}': 'cfd_api_server_websocket_buffered_bytes{instance=~"$instance"}' },
        }),
        graph({
          title: 'Closed and refused',
          unit: 'cps',
          queries: {
            'closed: too slow': total('websocket_slow_closes_total'),
            'refused: {{code}}':
              'sum by (code) (rate(cfd_api_server_websocket_refused_upgrades_total{instance=~"$instance"}[$__rate_interval]))',
            'against the protocol: {{kind}}':
              'sum by (kind) (rate(cfd_api_server_websocket_violations_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Age of prices here',
          about: 'Since the last update of each asset arrived at an api-server; the oldest.',
          unit: 's',
          queries: {
            '{{asset}}, {{instance}}':
              'max by (asset, instance) (cfd_api_server_price_age_seconds{instance=~"$instance"})',
          },
        }),
      ],
    },
    {
      title: 'What it stands on',
      panels: [
        graph({
          title: 'Mails',
          unit: 'cps',
          queries: {
            '{{outcome}}':
              'sum by (outcome) (rate(cfd_api_server_mails_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Mails that wait',
          queries: { '{{instance}}': 'cfd_api_server_mails_waiting{instance=~"$instance"}' },
        }),
        graph({
          title: 'Records not delivered yet',
          queries: {
            '{{topic}}, {{instance}}':
              'sum by (topic, instance) (cfd_api_server_consumer_lag_records{instance=~"$instance"})',
          },
        }),
        graph({
          title: 'Price updates read, by what became of them',
          unit: 'cps',
          queries: {
            '{{outcome}}':
              'sum by (outcome) (rate(cfd_api_server_price_updates_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Calls without an answer of Redis',
          unit: 'cps',
          queries: {
            '{{instance}}':
              'sum by (instance) (rate(cfd_api_server_redis_failures_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
        graph({
          title: 'Audit events lost',
          queries: {
            lost: 'sum(increase(cfd_api_server_audit_events_lost_total{instance=~"$instance"}[$__rate_interval]))',
          },
        }),
      ],
    },
  ],
});
