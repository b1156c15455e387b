import { describe } from 'node:test';
import { runFaults } from './run-faults.ts';
import { backendKilled, kafkaAway, kafkaRestarted, postgresStopped, redisAway, redisFlushed } from './server-faults.ts';

describe('Kafka, Redis and PostgreSQL fail under load', () => {
  runFaults({
    name: 'servers',
    faults: [
      { what: 'Redis is flushed', of: () => [redisFlushed] },
      { what: 'Redis is away', of: () => [redisAway(5_000)] },
      { what: 'PostgreSQL is stopped immediate', of: () => [postgresStopped(5_000)] },
      {
        what: 'a backend of PostgreSQL is killed',
        of: () => (['db_processor', 'api_server', 'poller'] as const).map(backendKilled),
      },
      { what: 'Kafka is restarted', of: () => [kafkaRestarted] },
      { what: 'Kafka is away for a minute', of: () => [kafkaAway(60_000)] },
    ],
  });
});
