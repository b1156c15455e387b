import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, createLogger, loadConfig, Progress } from '@repo/service';
import { type ProcessesConfig, processesConfigSchema } from './config.ts';
import { NotReadyError } from './managed-process.ts';
import { type RunningProcesses, startProcesses } from './start-processes.ts';

// Paths in settings mean the same whichever folder a script was started from.
process.chdir(join(import.meta.dirname, '../../..'));
const serversFile = '.infra/environment';
if (existsSync(serversFile)) process.loadEnvFile(serversFile);

const progress = new Progress(process.stdout);
const abort = new AbortController();

async function main(): Promise<void> {
  progress.line(`\n${progress.bold('CFD-Broker')}, distributed: every service a process of its own\n`);
  const config = loadConfig(processesConfigSchema, process.env);
  const logger = createLogger({ level: 'error' });
  const starting = startProcesses({
    config,
    environment: process.env,
    logger,
    withWeb: true,
    onStep: (name, detail) => {
      if (!abort.signal.aborted) progress.step(name, detail);
    },
    onCrash: (sentence) => progress.line(sentence),
    signal: abort.signal,
  });
  stopOnSignals(starting);
  try {
    await starting;
  } catch (error) {
    if (abort.signal.aborted) return;
    throw error;
  }
  if (!abort.signal.aborted) sayReady(config);
}

function sayReady(config: ProcessesConfig): void {
  progress.stop();
  progress.line('');
  progress.line(progress.bold(`CFD-Broker is ready: http://localhost:${config.WEB_PORT}`));
  progress.line(`  API documentation    http://localhost:${config.HTTP_PORT}/docs`);
  if (config.MAIL_PAGE_URL !== undefined) progress.line(`  Mails                ${config.MAIL_PAGE_URL}`);
  progress.line(`  Logs                 ${join(config.STATE_DIR, 'logs')}`);
  progress.line('Stop with Ctrl-C. The servers go on: npm run infra:down stops them.\n');
}

function stopOnSignals(starting: Promise<RunningProcesses>): void {
  const stop = async (): Promise<void> => {
    if (abort.signal.aborted) return;
    abort.abort();
    progress.stop();
    progress.line('\nStopping …');
    await (await starting.catch(() => undefined))?.stop();
    progress.line('Stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError || error instanceof NotReadyError)) throw error;
  progress.fail(error.message);
  process.exit(1);
});
