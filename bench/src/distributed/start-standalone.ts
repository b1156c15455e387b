import { createApiClient } from '@repo/client';
import type { Shutdown } from '@repo/service';
import { type BrokerProcess, startBroker } from '../broker-process.ts';
import { type BenchStack, codeIn, origin, unlimited } from './bench-stack.ts';

/**
 * All services in one process.
 *
 * @param program what it runs, a file of bench/src.
 */
export async function startStandalone(
  environment: Readonly<Record<string, string>>,
  shutdown: Shutdown,
  program?: string,
): Promise<BenchStack & { readonly broker: BrokerProcess; stop(): Promise<void> }> {
  const broker = await startBroker({ ...unlimited, ...environment }, program);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= broker.stop());
  shutdown.add('standalone', stop);
  const client = createApiClient({ baseUrl: broker.httpUrl, origin });
  return {
    broker,
    httpUrl: broker.httpUrl,
    wsPorts: [broker.wsPort],
    codeFor: async (email) => codeIn(await client.mailbox(), email),
    cpuMs: async () => ({ standalone: (await broker.usage()).cpuMs }),
    stop,
  };
}
