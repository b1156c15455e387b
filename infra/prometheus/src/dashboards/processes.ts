import { dashboard, graph } from './panels.ts';

const services = 'job=~"api-server|db-processor|trading-engine|poller", instance=~"$instance"';
const each = '{{job}} {{instance}}';

/** Every process alike: readiness, event loop, CPU, memory. */
export const processes = dashboard({
  uid: 'cfd-processes',
  title: 'Processes',
  about: 'Every process: is it there and ready, which version, how busy, how much memory.',
  jobs: 'api-server|db-processor|trading-engine|poller',
  rows: [
    {
      title: 'There and ready',
      panels: [
        graph({ title: 'Answers', about: '1: it can be asked.', queries: { [each]: `up{${services}}` } }),
        graph({ title: 'Ready', queries: { [each]: `cfd_ready{${services}}` } }),
        graph({
          title: 'What is not as it should be',
          about: 'Checks that fail. Empty when all is well.',
          queries: { '{{service}} {{instance}}: {{check}}': `1 - cfd_ready_check{${services}} > 0` },
        }),
        graph({
          title: 'Up for',
          unit: 's',
          queries: { [each]: `time() - process_start_time_seconds{${services}}` },
        }),
      ],
    },
    {
      title: 'Busy',
      panels: [
        graph({
          title: 'Event-loop delay, p99',
          about: 'Since the last look. About 10 ms is the resolution of the measurement.',
          unit: 's',
          queries: { [each]: `nodejs_eventloop_lag_p99_seconds{${services}}` },
        }),
        graph({
          title: 'Event-loop delay, longest',
          unit: 's',
          queries: { [each]: `nodejs_eventloop_lag_max_seconds{${services}}` },
        }),
        graph({
          title: 'CPU',
          about: '100 % is one core.',
          unit: 'percentunit',
          queries: { [each]: `rate(process_cpu_seconds_total{${services}}[$__rate_interval])` },
        }),
        graph({
          title: 'Garbage collection',
          about: 'Of the time.',
          unit: 'percentunit',
          queries: {
            [each]: `sum by (job, instance) (rate(nodejs_gc_duration_seconds_sum{${services}}[$__rate_interval]))`,
          },
        }),
      ],
    },
    {
      title: 'Memory and files',
      panels: [
        graph({
          title: 'Memory',
          unit: 'bytes',
          queries: { [each]: `process_resident_memory_bytes{${services}}` },
        }),
        graph({ title: 'Heap', unit: 'bytes', queries: { [each]: `nodejs_heap_size_used_bytes{${services}}` } }),
        graph({ title: 'Open files and sockets', queries: { [each]: `process_open_fds{${services}}` } }),
        graph({
          title: 'Versions',
          queries: { '{{job}} {{version}}': `count by (job, version) (cfd_build_info{${services}})` },
        }),
        graph({
          title: 'Figures left out',
          about: 'That a process could not tell when it was asked.',
          queries: { [each]: `cfd_metrics_left_out{${services}}` },
        }),
      ],
    },
  ],
});
