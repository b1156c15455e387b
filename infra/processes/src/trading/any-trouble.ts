import type { Prng } from '@repo/testing/prng';
import * as cluster from './cluster-troubles.ts';
import type { ClusterVenue } from './cluster-venue.ts';
import { feedTroubles, silentFeed } from './feed-troubles.ts';
import type { Trouble } from './trading-run.ts';

const SILENT_MS = 6_000;

/** One of all faults there are, as the seed has it. */
export function anyTrouble(random: Prng, venue: ClusterVenue): Trouble {
  const index = random.between(1, 2);
  const kind = random.weighted({ kill: 6, crash: 4, asleep: 2, restart: 2, server: 3, link: 3, feed: 3, clock: 1 });
  switch (kind) {
    case 'kill':
      return cluster.engineKilled(venue.cluster, index);
    case 'crash':
      return cluster.engineCrash(venue.cluster, index, random.pick(cluster.crashPoints));
    case 'asleep':
      return cluster.engineAsleep(venue.cluster, index);
    case 'restart':
      return random.pick(cluster.rollingRestart(venue.cluster));
    case 'server':
      return random.pick(cluster.serverTroubles(venue.cluster));
    case 'link':
      return random.pick(cluster.linkTroubles(venue.cluster));
    case 'feed':
      return random.pick([...feedTroubles(venue.market), silentFeed(venue.market, SILENT_MS)]);
    case 'clock':
      return cluster.clockWrong(
        venue.cluster,
        random.pick(['trading-engine-1', 'api-server-2']),
        random.pick(['+1h', '-1h']),
      );
  }
}
