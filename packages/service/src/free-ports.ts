import { createServer } from 'node:net';
import { ConfigError } from './config.ts';

/**
 * Makes sure that every port can be listened on, before anything is started.
 *
 * @throws ConfigError with one sentence for the first that cannot.
 */
export async function requireFreePorts(host: string, ports: Readonly<Record<string, number>>): Promise<void> {
  const names = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    const other = names.get(port);
    if (other !== undefined)
      throw new ConfigError(`${name} and ${other} are both ${port}: each needs a port of its own.`);
    names.set(port, name);
  }
  for (const [name, port] of Object.entries(ports)) {
    const code = await tryListen(host, port);
    if (code === undefined) continue;
    if (code === 'EADDRINUSE') {
      throw new ConfigError(`Port ${port} is in use by another program: stop it, or choose another with ${name}=….`);
    }
    if (code === 'EACCES')
      throw new ConfigError(`Port ${port} (${name}) is not allowed to this user: choose one above 1023.`);
    throw new ConfigError(`Cannot listen on ${host}:${port} (${name}): ${code}.`);
  }
}

function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** Below the ports that the system hands out by itself: it would give them to anybody before they are listened on. */
const FREE_PORTS = { first: 12_000, count: 19_000 };

/** A port that nobody listens on right now, for tests and benchmarks. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FREE_PORTS.first + Math.floor(Math.random() * FREE_PORTS.count);
    if ((await tryListen('127.0.0.1', port)) === undefined) return port;
  }
}
