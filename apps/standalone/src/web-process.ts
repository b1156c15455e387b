import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, type Logger } from '@repo/service';
import { indentEnd } from './indent-end.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

export interface WebOptions {
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  readonly wsPort: number;
  readonly logger: Logger;
}

export interface WebProcess {
  /** Called when it ends without having been asked to. */
  onExit(listener: (code: number | null) => void): void;
  stop(): Promise<void>;
}

/** Starts the web app as a child process, so that rendering a page never delays a price. */
export async function startWeb(options: WebOptions): Promise<WebProcess> {
  const { logger } = options;
  const child = fork(join(root, 'apps/web/main.ts'), {
    cwd: join(root, 'apps/web'),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOST: options.host,
      WEB_PORT: String(options.port),
      API_URL: `http://localhost:${options.httpPort}`,
      WS_URL: `ws://localhost:${options.wsPort}`,
      PROFILE: 'standalone',
    },
  });
  let lastOutput = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      lastOutput = chunk.toString().trim();
      logger.info({ output: lastOutput }, 'web output');
    });
  }
  await waitUntilReady(child, () => lastOutput);

  let stopping = false;
  return {
    onExit: (listener) => {
      child.once('exit', (code) => {
        if (!stopping) listener(code);
      });
    },
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function waitUntilReady(child: ChildProcess, lastOutput: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new ConfigError(`The web app was not ready after ${READY_TIMEOUT_MS / 1000} s:\n${indentEnd(lastOutput())}`),
      );
    }, READY_TIMEOUT_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new ConfigError(`The web app ended with code ${code} before it was ready:\n${indentEnd(lastOutput())}`));
    });
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'ready') return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve();
    });
  });
}
