import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePorts } from './ports.ts';
import { startProcess } from './start-process.ts';

/** Starts the real thing: every service in one process on embedded infrastructure, prices simulated. */
export default async function startStack(): Promise<() => Promise<void>> {
  const ports = await choosePorts();
  const dataDir = await mkdtemp(join(tmpdir(), 'cfd-broker-e2e-'));
  const origins = [ports.web, ports.cutWeb].map((port) => `http://localhost:${port}`);
  const stack = await startProcess(
    join(import.meta.dirname, '../../standalone/src/main.ts'),
    {
      WEB_PORT: String(ports.web),
      HTTP_PORT: String(ports.http),
      WS_PORT: String(ports.ws),
      METRICS_PORT: String(ports.metrics),
      DATA_DIR: dataDir,
      PRICE_SOURCE: 'simulated',
      WEB_ORIGINS: origins.join(','),
      // All tests come from one address; the limits themselves are tested where they live.
      SIGNUPS_PER_10_MINUTES: '1000',
      SIGNINS_PER_10_SECONDS: '100',
    },
    'CFD-Broker is ready',
  );
  return async () => {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
