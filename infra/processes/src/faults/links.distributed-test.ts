import { describe } from 'node:test';
import { linkFaults } from './link-faults.ts';
import { runFaults } from './run-faults.ts';

const links = [
  'api-server → Kafka',
  'api-server → Redis',
  'api-server → PostgreSQL',
  'api-server → SMTP',
  'db-processor → Kafka',
  'db-processor → PostgreSQL',
  'poller → Kafka',
  'poller → Redis',
  'poller → PostgreSQL',
];

describe('each way from a service to a server is late, silent and cut under load', () => {
  runFaults({
    name: 'links',
    withLinks: true,
    faults: links.map((what) => ({
      what,
      of: ({ cluster }) => {
        const faults = cluster.links.filter(({ name }) => name === what).flatMap(linkFaults);
        if (faults.length === 0) throw new RangeError(`there is no link ${what}`);
        return faults;
      },
    })),
  });
});
