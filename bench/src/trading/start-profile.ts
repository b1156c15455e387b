import { createLogger, Shutdown } from '@repo/service';
import type { BenchStack } from '../distributed/bench-stack.ts';
import { startDistributed, startRealServers } from '../distributed/start-distributed.ts';
import { startStandalone } from '../distributed/start-standalone.ts';
import { unlimitedTrading } from './sign-up-traders.ts';

const environment = { ...unlimitedTrading, PRICE_SOURCE: 'simulated' };

export const profiles = ['standalone', 'distributed'] as const;
export type Profile = (typeof profiles)[number];

export interface StartedProfile {
  readonly stack: BenchStack;
  stop(): Promise<void>;
}

/** The broker in one profile, on simulated prices and without limits. */
export async function startProfile(profile: Profile): Promise<StartedProfile> {
  if (profile === 'standalone') return startOneProcess();
  const { shutdown, signal } = stoppedBySignals();
  try {
    const servers = await startRealServers(shutdown, signal);
    const stack = await startDistributed({
      environment: { ...servers.environment, ...environment },
      apiServers: 1,
      directory: servers.directory,
      onCrash: (sentence) => {
        throw new Error(sentence);
      },
      signal,
    });
    shutdown.add('processes', () => stack.stop());
    return { stack, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

/** @param program what the process runs, a file of bench/src. */
export async function startOneProcess(program?: string) {
  const { shutdown } = stoppedBySignals();
  const stack = await startStandalone(environment, shutdown, program);
  return { stack, broker: stack.broker, stop: () => shutdown.run() };
}

/** Ctrl-C stops what was started. */
function stoppedBySignals(): { readonly shutdown: Shutdown; readonly signal: AbortSignal } {
  const shutdown = new Shutdown(createLogger({ level: 'error' }));
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      abort.abort();
      void shutdown.run().then(() => process.exit(130));
    });
  }
  return { shutdown, signal: abort.signal };
}
