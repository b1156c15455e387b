import { describe } from 'node:test';
import { crashPoints, engineAsleep, engineCrash, engineKilled } from './cluster-troubles.ts';
import { runTrading } from './run-trading.ts';

const KILLS = 50;

describe('engines die and sleep while twenty trade by the API', () => {
  runTrading({
    name: 'kills',
    tests: [
      {
        what: `kill -9, ${KILLS} times`,
        of: ({ cluster }) => Array.from({ length: KILLS }, (_, kill) => engineKilled(cluster, (kill % 2) + 1)),
      },
      {
        what: 'at each crash point',
        of: ({ cluster }) => crashPoints.map((point, at) => engineCrash(cluster, (at % 2) + 1, point)),
      },
      {
        what: 'one sleeps, and wakes up as the stale one',
        of: ({ cluster }) => [1, 2].map((one) => engineAsleep(cluster, one)),
      },
    ],
  });
});
