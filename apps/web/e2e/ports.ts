import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

export interface Ports {
  readonly web: number;
  readonly http: number;
  readonly ws: number;
  readonly metrics: number;
  /** A second web app, whose API can be taken away; and the doors to the API that it uses. */
  readonly cutWeb: number;
  readonly cutHttp: number;
  readonly cutWs: number;
  /** A third, in the distributed profile. */
  readonly distributedWeb: number;
}

const NAMES = ['web', 'http', 'ws', 'metrics', 'cutWeb', 'cutHttp', 'cutWs', 'distributedWeb'] as const;
const VARIABLE = 'E2E_PORTS';

/** Free ports, the same in the process that runs the tests and in its workers, which inherit its environment. */
export async function choosePorts(): Promise<Ports> {
  process.env[VARIABLE] ??= JSON.stringify(await findFreePorts());
  return JSON.parse(process.env[VARIABLE]) as Ports;
}

async function findFreePorts(): Promise<Record<string, number>> {
  // All are held at once, so that none is found twice.
  const servers = NAMES.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const found = servers.map((server, place) => [NAMES[place], (server.address() as AddressInfo).port] as const);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Object.fromEntries(found);
}
