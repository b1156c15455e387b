import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, findFreePort } from '@repo/service';
import { type RunningServices, startServices } from '../start-services.ts';

export interface TestStack extends RunningServices {
  readonly apiUrl: string;
  readonly wsUrl: string;
  /** The one allowed origin of this stack. */
  readonly webOrigin: string;
  readonly dataDir: string;
  /** Every log line of the services so far, as written. */
  logs(): string;
}

/** The whole of the standalone profile but web, on free ports and a data directory of its own, removed at the stop. */
export async function startTestStack(environment: Record<string, string> = {}): Promise<TestStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cfd-broker-test-'));
  // As root the database runs as a user of its own, who must be able to enter.
  await chmod(dataDir, 0o755);
  const [httpPort, wsPort] = await Promise.all([findFreePort(), findFreePort()]);
  const webOrigin = 'http://localhost:3000';
  const lines: string[] = [];
  const services = await startServices({
    environment: {
      HTTP_PORT: String(httpPort),
      WS_PORT: String(wsPort),
      WEB_ORIGINS: webOrigin,
      PRICE_SOURCE: 'simulated',
      ...environment,
    },
    dataDir,
    logger: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
  });
  return {
    ...services,
    apiUrl: `http://127.0.0.1:${services.httpPort}`,
    wsUrl: `ws://127.0.0.1:${services.wsPort}`,
    webOrigin,
    dataDir,
    logs: () => lines.join(''),
    stop: async () => {
      await services.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
