import { dashboard, figure, graph } from './panels.ts';

const instance = 'instance=~"$instance"';

/** Users, sessions, audit, candles, and PostgreSQL below them. */
export const store = dashboard({
  uid: 'cfd-store',
  title: 'User store and database',
  about: 'What the db-processors do for api-servers, how far they are behind, and their connections to PostgreSQL.',
  jobs: 'api-server|db-processor',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Audit chain',
          about: '1 when a row is not as it was written.',
          queries: { broken: 'max(cfd_db_processor_audit_chain_broken_bool)' },
          colours: ['green', ['red', 1]],
        }),
        figure({
          title: 'Audit rows verified',
          queries: { rows: 'max(cfd_db_processor_audit_chain_intact_rows)' },
          colours: ['blue'],
        }),
        figure({
          title: 'Dead letters, 24 h',
          queries: { 'dead letters': 'sum(increase(cfd_db_processor_dead_letters_total[24h]))' },
          colours: ['green', ['orange', 1]],
        }),
        figure({
          title: 'Records behind',
          queries: { records: 'sum(cfd_db_processor_consumer_lag_records)' },
          colours: ['green', ['orange', 500], ['red', 5000]],
        }),
        figure({
          title: 'Requests without an answer yet',
          queries: { requests: 'sum(cfd_api_server_user_requests_outstanding)' },
          colours: ['green', ['orange', 50], ['red', 500]],
        }),
        figure({
          title: 'Queries that wait',
          about: 'For a connection to PostgreSQL.',
          queries: {
            queries: 'sum(cfd_api_server_database_waiting_queries) + sum(cfd_db_processor_database_waiting_queries)',
          },
          colours: ['green', ['red', 1]],
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        graph({
          title: 'As api-servers see them',
          about: 'failed: no answer in time, or no message log. busy: the gate was full.',
          unit: 'reqps',
          queries: {
            '{{type}}, {{outcome}}': `sum by (type, outcome) (rate(cfd_api_server_user_requests_total{${instance}}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'As db-processors see them',
          about: 'repeated: answered from the store. expired: dropped unanswered.',
          unit: 'reqps',
          queries: {
            '{{type}}, {{outcome}}': `sum by (type, outcome) (rate(cfd_db_processor_requests_total{${instance}}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'Sign-ins at the gates',
          queries: {
            'api-server, {{state}}': `sum by (state) (cfd_api_server_auth_gate_requests{${instance}})`,
            'hashing, running': `sum(cfd_db_processor_hash_gate_running_passwords{${instance}})`,
            'hashing, waiting': `sum(cfd_db_processor_hash_gate_waiting_passwords{${instance}})`,
          },
        }),
        graph({
          title: 'Refused at the gates',
          unit: 'reqps',
          queries: {
            'api-server': `sum(rate(cfd_api_server_auth_gate_refused_total{${instance}}[$__rate_interval]))`,
            hashing: `sum(rate(cfd_api_server_user_requests_total{${instance}, outcome="busy"}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'Hashing a password, p50 and p99',
          unit: 's',
          queries: {
            p50: `histogram_quantile(0.5, sum by (le) (rate(cfd_db_processor_hashing_seconds_bucket{${instance}}[$__rate_interval])))`,
            p99: `histogram_quantile(0.99, sum by (le) (rate(cfd_db_processor_hashing_seconds_bucket{${instance}}[$__rate_interval])))`,
          },
        }),
        graph({
          title: 'Requests without an answer yet',
          queries: { '{{instance}}': `cfd_api_server_user_requests_outstanding{${instance}}` },
        }),
      ],
    },
    {
      title: 'Topics',
      panels: [
        graph({
          title: 'Records not handled yet',
          queries: {
            '{{group}}: {{topic}}': `sum by (group, topic) (cfd_db_processor_consumer_lag_records{${instance}})`,
          },
        }),
        graph({
          title: 'Batches that come again, and messages set aside',
          queries: {
            'again: {{group}}': `sum by (group) (increase(cfd_db_processor_batch_failures_total{${instance}}[$__rate_interval]))`,
            'aside: {{topic}}': `sum by (topic) (increase(cfd_db_processor_dead_letters_total{${instance}}[$__rate_interval]))`,
          },
        }),
        graph({
          title: 'Writing candles, p50 and p99',
          unit: 's',
          queries: {
            p50: `histogram_quantile(0.5, sum by (le) (rate(cfd_db_processor_candle_flush_seconds_bucket{${instance}}[$__rate_interval])))`,
            p99: `histogram_quantile(0.99, sum by (le) (rate(cfd_db_processor_candle_flush_seconds_bucket{${instance}}[$__rate_interval])))`,
          },
        }),
        graph({
          title: 'Price updates in candles',
          unit: 'cps',
          queries: {
            '{{outcome}}': `sum by (outcome) (rate(cfd_db_processor_candle_updates_total{${instance}}[$__rate_interval]))`,
          },
        }),
      ],
    },
    {
      title: 'PostgreSQL',
      panels: [
        graph({
          title: 'Connections in use',
          queries: {
            '{{job}} {{instance}}': `cfd_api_server_database_connections{${instance}, state="used"} or cfd_db_processor_database_connections{${instance}, state="used"}`,
            'most, {{job}}': `max by (job) (cfd_api_server_database_connections_max{${instance}} or cfd_db_processor_database_connections_max{${instance}})`,
          },
        }),
        graph({
          title: 'Queries that wait for one',
          queries: {
            '{{job}} {{instance}}': `cfd_api_server_database_waiting_queries{${instance}} or cfd_db_processor_database_waiting_queries{${instance}}`,
          },
        }),
      ],
    },
  ],
});
