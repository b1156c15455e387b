import type { Prng } from '@repo/testing/prng';
import type { Cluster } from './cluster.ts';
import type { Fault } from './fault.ts';
import { activePollerPaused, restarted } from './handover-faults.ts';
import { killActivePoller, killApiServer, killDbProcessor, killOneOfEach } from './kill-faults.ts';
import { linkFaults } from './link-faults.ts';
import { backendKilled, kafkaAway, kafkaRestarted, postgresStopped, redisAway, redisFlushed } from './server-faults.ts';

const AWAY_MS_MAX = 20_000;

/** One of all faults there are, as the seed has it. */
export function anyFault(random: Prng, cluster: Cluster): Fault {
  const index = random.between(1, 2);
  const awayMs = random.between(1_000, AWAY_MS_MAX);
  const kind = random.weighted({ kill: 4, server: 4, link: 4, handover: 2 });
  switch (kind) {
    case 'kill':
      return random.pick([killApiServer(index), killDbProcessor(index), killActivePoller, killOneOfEach(index)]);
    case 'server':
      return random.pick([
        redisFlushed,
        redisAway(awayMs),
        postgresStopped(awayMs),
        backendKilled(random.pick(['db_processor', 'poller'])),
        kafkaRestarted,
        kafkaAway(awayMs),
      ]);
    case 'link':
      return random.pick(cluster.links.flatMap(linkFaults));
    case 'handover':
      return random.pick([activePollerPaused, restarted(random.pick(cluster.processes).name)]);
  }
}
