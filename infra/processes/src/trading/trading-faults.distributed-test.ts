import { describe } from 'node:test';
import { clockWrong, linkTroubles, rollingRestart, serverTroubles } from './cluster-troubles.ts';
import { feedTroubles, silentFeed } from './feed-troubles.ts';
import { runTrading } from './run-trading.ts';

const SILENT_MS = 6_000;

describe('everything under the engine fails while twenty trade by the API', () => {
  runTrading({
    name: 'faults',
    withLinks: true,
    tests: [
      { what: 'PostgreSQL, Kafka and Redis', of: ({ cluster }) => serverTroubles(cluster) },
      { what: "the engine's ways to them", of: ({ cluster }) => linkTroubles(cluster) },
      { what: 'a rolling restart', of: ({ cluster }) => rollingRestart(cluster) },
      { what: 'the feed', of: ({ market }) => [...feedTroubles(market), silentFeed(market, SILENT_MS)] },
      {
        what: 'a clock that is an hour off',
        of: ({ cluster }) => [
          clockWrong(cluster, 'trading-engine-1', '+1h'),
          clockWrong(cluster, 'trading-engine-2', '-1h'),
        ],
      },
    ],
  });
});
