import { createApiClient } from '@repo/client';
import type { Shutdown } from '@repo/service';
import { startBroker } from '../broker-process.ts';
import { type BenchStack, codeIn, origin, unlimited } from './bench-stack.ts';

/** All services in one process. */
export async function startStandalone(
  environment: Readonly<Record<string, string>>,
  shutdown: Shutdown,
): Promise<BenchStack & { stop(): Promise<void> }> {
  const broker = await startBroker({ ...unlimited, ...environment });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= broker.stop());
  shutdown.add('standalone', stop);
  const client = createApiClient({ baseUrl: broker.httpUrl, origin });
  return {
    httpUrl: broker.httpUrl,
    wsPorts: [broker.wsPort],
    codeFor: async (email) => codeIn(await client.mailbox(), email),
    cpuMs: async () => ({ standalone: (await broker.usage()).cpuMs }),
    stop,
  };
}
