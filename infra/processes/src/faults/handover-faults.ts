import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, endProcess } from './cluster.ts';
import { type Fault, harmless } from './fault.ts';

const TAKEOVER_TIMEOUT_MS = 15_000;
/** How long both are there: the one that publishes, and the one that believes it does. */
const TOGETHER_MS = 2_000;

/** The active poller sleeps until the standby has taken over, and wakes up. */
export const activePollerPaused: Fault = {
  ...harmless,
  name: 'the active poller stopped (SIGSTOP) and woken (SIGCONT)',
  lastsMs: TOGETHER_MS,
  inflict: async (cluster) => {
    const active = await cluster.activePoller();
    active.signal('SIGSTOP');
    try {
      for (const deadline = performance.now() + TAKEOVER_TIMEOUT_MS; ; await delay(50)) {
        if ((await cluster.activePoller()) !== active) break;
        if (performance.now() > deadline) throw new Error('nobody took over from the poller that was stopped');
      }
    } catch (error) {
      active.signal('SIGCONT');
      throw error;
    }
    return { ends: [], heal: async () => active.signal('SIGCONT') };
  },
};

/** SIGTERM: it finishes what it has in hand, and its supervisor starts it again. Nobody but its own callers notices. */
export function restarted(name: string): Fault {
  const own = name.startsWith('api-server') ? [name] : [];
  return {
    ...harmless,
    name: `${name.replace(/-\d+$/, '')} restarted (SIGTERM)`,
    breaks: own,
    inflict: async (cluster: Cluster) => {
      await endProcess(cluster.process(name), 'SIGTERM');
      return { ends: [name] };
    },
  };
}
