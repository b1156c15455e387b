import { endProcess } from './cluster.ts';
import { type Fault, harmless } from './fault.ts';

/** `kill -9` of one service's process, which its supervisor starts again. */

export function killApiServer(index: number): Fault {
  const name = `api-server-${index}`;
  return {
    ...harmless,
    name: 'kill -9 an api-server',
    // The other one must not feel it.
    breaks: [name],
    inflict: async (cluster) => {
      await endProcess(cluster.process(name), 'SIGKILL');
      return { ends: [name] };
    },
  };
}

export function killDbProcessor(index: number): Fault {
  const name = `db-processor-${index}`;
  return {
    ...harmless,
    name: 'kill -9 a db-processor',
    // Its partitions go to the other one when the group has missed it.
    disturbs: ['user-store'],
    inflict: async (cluster) => {
      await endProcess(cluster.process(name), 'SIGKILL');
      return { ends: [name] };
    },
  };
}

export const killActivePoller: Fault = {
  ...harmless,
  name: 'kill -9 the active poller',
  inflict: async (cluster) => {
    const active = await cluster.activePoller();
    await endProcess(active, 'SIGKILL');
    return { ends: [active.name] };
  },
};

/** One process of each service at the same moment. */
export function killOneOfEach(index: number): Fault {
  const api = `api-server-${index}`;
  const processor = `db-processor-${index}`;
  return {
    ...harmless,
    name: 'kill -9 one of each at once',
    disturbs: ['user-store'],
    breaks: [api],
    inflict: async (cluster) => {
      const targets = [cluster.process(api), cluster.process(processor), await cluster.activePoller()];
      await Promise.all(targets.map((target) => endProcess(target, 'SIGKILL')));
      return { ends: targets.map((target) => target.name) };
    },
  };
}
