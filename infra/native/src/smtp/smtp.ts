import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HOST } from '../ports.ts';
import type { ServerProgram } from '../process/server-program.ts';
import type { StateDirectory } from '../state.ts';

const REQUEST_TIMEOUT_MS = 1000;

/** The mail sink, as a process of its own. */
export function smtp(options: {
  readonly port: number;
  readonly pagePort: number;
  readonly state: StateDirectory;
}): ServerProgram {
  const { port, pagePort, state } = options;
  const directory = state.data('smtp');
  return {
    title: 'Mail sink',
    logFile: state.log('smtp'),
    pidFile: state.pid('smtp'),
    ports: [
      { setting: 'SMTP_PORT', port },
      { setting: 'SMTP_PAGE_PORT', port: pagePort },
    ],
    prepare: async () => {
      await mkdir(directory, { recursive: true });
    },
    command: async () => ({
      program: process.execPath,
      args: [path.join(import.meta.dirname, 'main.ts')],
      env: {
        ...process.env,
        SMTP_PORT: String(port),
        SMTP_PAGE_PORT: String(pagePort),
        MAILS_FILE: path.join(directory, 'mails.ndjson'),
      },
    }),
    isReady: () => answers(`http://${HOST}:${pagePort}/mails`),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5000,
  };
}

/** The page is opened last. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}
