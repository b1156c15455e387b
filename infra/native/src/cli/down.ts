import type { Progress } from '@repo/service';
import { createServers, serverNames } from '../create-servers.ts';
import { stateDirectory } from './state-directory.ts';

/** Stops what runs, in order. @param forgetData whether what the servers keep is removed then. */
export async function down(progress: Progress, forgetData: boolean): Promise<void> {
  const ports = await stateDirectory.readPorts();
  let stopped = 0;
  if (ports !== undefined) {
    const servers = createServers({ state: stateDirectory, ports, endWithUs: false });
    for (const name of serverNames) {
      const server = servers[name];
      const parts = name === 'kafka' ? servers.kafka.brokers : [server];
      const running = await Promise.all(parts.map((part) => part.isRunning()));
      if (!running.includes(true)) continue;
      progress.step(server.title);
      await server.stop();
      progress.step(server.title, 'stopped');
      stopped += 1;
    }
  }
  progress.stop();
  if (stopped === 0) progress.line('No server was running.');
  if (!forgetData) return;
  await stateDirectory.forgetData();
  progress.line('Their data are forgotten.');
}
