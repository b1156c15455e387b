import { describe } from 'node:test';
import { killActivePoller, killApiServer, killDbProcessor, killOneOfEach } from './kill-faults.ts';
import { runFaults } from './run-faults.ts';

const ALONE = 2;
const TOGETHER = 8;

/** Now the first, now the second. */
const alternately = (times: number) => Array.from({ length: times }, (_, index) => (index % 2) + 1);

describe('kill -9 of each service ten times under load', () => {
  runFaults({
    name: 'kills',
    faults: [
      { what: 'an api-server', of: () => alternately(ALONE).map(killApiServer) },
      { what: 'the active poller', of: () => alternately(ALONE).map(() => killActivePoller) },
      { what: 'a db-processor', of: () => alternately(ALONE).map(killDbProcessor) },
      { what: 'one of each at once', of: () => alternately(TOGETHER).map(killOneOfEach) },
    ],
  });
});
