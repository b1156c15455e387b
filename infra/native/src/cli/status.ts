import type { Progress } from '@repo/service';
import { createServers } from '../create-servers.ts';
import { shownAddress } from '../shown-address.ts';
import { stateDirectory } from './state-directory.ts';

/** Says of each server whether it runs, and where. */
export async function status(progress: Progress): Promise<void> {
  const ports = await stateDirectory.readPorts();
  if (ports === undefined) {
    progress.line('No server was started yet: npm run infra:up');
    return;
  }
  const { kafka, redis, postgres, smtp } = createServers({ state: stateDirectory, ports, endWithUs: false });
  for (const server of [...kafka.brokers, redis, postgres, smtp]) {
    const text = (await server.isRunning()) ? shownAddress(server) : 'does not run';
    progress.line(`  ${server.title.padEnd(16)} ${text}`);
  }
}
