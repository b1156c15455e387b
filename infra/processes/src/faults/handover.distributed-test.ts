import { describe } from 'node:test';
import { activePollerPaused, restarted } from './handover-faults.ts';
import { runFaults } from './run-faults.ts';

const SLEEPS = 3;

describe('work passes from one process to another under load', () => {
  runFaults({
    name: 'handover',
    faults: [
      {
        what: 'the active poller sleeps and wakes up',
        of: () => Array<typeof activePollerPaused>(SLEEPS).fill(activePollerPaused),
      },
      { what: 'a rolling restart', of: ({ cluster }) => cluster.processes.map(({ name }) => restarted(name)) },
    ],
  });
});
