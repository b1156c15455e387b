import { ConfigError, requireFreePorts } from '@repo/service';

// Below the range from which systems take ports for outgoing connections: a service that is away for a moment must find
// its own free again. Beside those that `startServers` chooses from.
const PORT_MIN = 12_000;
const PORT_MAX = 19_900;
const ATTEMPTS = 100;

export interface ServicePorts {
  readonly HTTP_PORT: number;
  readonly WS_PORT: number;
  readonly INTERNAL_PORT: number;
}

/** First ports for two api-servers, which are 10 apart, and for the health of up to ten processes; all free now. */
export async function findServicePorts(): Promise<ServicePorts> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const ports = [first, first + 1, first + 10, first + 11, ...Array.from({ length: 10 }, (_, n) => first + 20 + n)];
    try {
      await requireFreePorts('127.0.0.1', Object.fromEntries(ports.map((port) => [String(port), port])));
      return { HTTP_PORT: first, WS_PORT: first + 1, INTERNAL_PORT: first + 20 };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  throw new ConfigError(`No free ports were found from ${PORT_MIN} to ${PORT_MAX}.`);
}
