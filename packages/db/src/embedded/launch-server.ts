import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findFreePort } from './free-port.ts';
import { type PostgresServer, ServerStartError } from './postgres-server.ts';

const ATTEMPTS = 20;
const PAUSE_MS = 250;

/**
 * Starts a server on a free port, patiently: another program may take the port first, and processes of a killed server
 * may need a moment to end.
 *
 * @throws EmbeddedPostgresError with the server's own reason.
 */
export async function launchServer(
  start: (port: number) => Promise<PostgresServer>,
  fixedPort: number | undefined,
): Promise<{ server: PostgresServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await findFreePort());
    try {
      return { server: await start(port), port };
    } catch (error) {
      if (!(error instanceof ServerStartError)) throw error;
      const mayPass = /Address already in use|pre-existing shared memory block/.test(error.log);
      if (!mayPass || attempt === ATTEMPTS) {
        const lines = error.log.split('\n');
        const reason = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1);
        throw new EmbeddedPostgresError(`PostgreSQL did not start: ${reason}`, { cause: error });
      }
      await delay(PAUSE_MS);
    }
  }
}
