import { ConfigError, type Progress } from '@repo/service';
import { startServers } from '../start-servers.ts';
import { namedPorts } from './port-settings.ts';
import { stateDirectory } from './state-directory.ts';

/** Starts all servers and leaves them running. Ctrl-C stops those that were started. */
export async function up(progress: Progress, brokers: string | undefined): Promise<void> {
  if (brokers !== undefined && brokers !== '1' && brokers !== '3')
    throw new ConfigError(`--brokers is "${brokers}": it must be 1 or 3.`);
  progress.line(`\n${progress.bold('Servers')} of the distributed profile, without containers\n`);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) progress.line('\nStopping …');
      abort.abort();
    });
  }
  const starting = startServers({
    stateDir: stateDirectory.directory,
    ports: namedPorts(process.env),
    brokers: brokers === undefined ? undefined : brokers === '3' ? 3 : 1,
    detached: true,
    onStep: (name, detail) => {
      if (!abort.signal.aborted) progress.step(name, detail);
    },
    signal: abort.signal,
  });
  try {
    const servers = await starting;
    progress.stop();
    progress.line(`\n${progress.bold('The servers are ready.')}`);
    progress.line(`  Mail page    ${servers.smtp.page}`);
    progress.line(`  Addresses    ${stateDirectory.environmentFile}`);
    progress.line(`  Logs         ${stateDirectory.logs}`);
    progress.line('Stop them with: npm run infra:down\n');
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    progress.stop();
    progress.line('Stopped.');
    process.exitCode = 130;
  }
}
