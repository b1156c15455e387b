import type { Environment } from '@repo/service';
import { type FaultProxy, startFaultProxy, startKafkaFaultProxy } from '@repo/testing/faults';
import type { PlannedProcess } from '../plan-processes.ts';
import type { Dependency } from './fault-window.ts';

type Service = 'api-server' | 'db-processor' | 'poller' | 'trading-engine';
type LinkFaults = Pick<FaultProxy, 'reset' | 'blackHole' | 'delay' | 'restore' | 'close'>;

/** The way of one service, all its processes, to one kind of server. */
export interface Link {
  /** `api-server → Redis`. */
  readonly name: string;
  readonly faults: LinkFaults;
  /** What nobody gets at while nothing passes. */
  readonly away: readonly Dependency[];
}

/**
 * What each link carries, as those feel it who sign up and watch prices: nothing of the engine's. The poller's cache is
 * only read when an api-server starts.
 */
const carried: readonly { service: Service; setting: string; server: string; away: readonly Dependency[] }[] = [
  { service: 'api-server', setting: 'KAFKA_BROKERS', server: 'Kafka', away: ['log', 'feed'] },
  { service: 'api-server', setting: 'REDIS_URL', server: 'Redis', away: ['cache'] },
  { service: 'api-server', setting: 'DATABASE_URL', server: 'PostgreSQL', away: ['database'] },
  { service: 'api-server', setting: 'SMTP_URL', server: 'SMTP', away: ['mail'] },
  { service: 'db-processor', setting: 'KAFKA_BROKERS', server: 'Kafka', away: ['user-store'] },
  { service: 'db-processor', setting: 'DATABASE_URL', server: 'PostgreSQL', away: ['user-store'] },
  { service: 'poller', setting: 'KAFKA_BROKERS', server: 'Kafka', away: ['feed'] },
  { service: 'poller', setting: 'REDIS_URL', server: 'Redis', away: [] },
  { service: 'poller', setting: 'DATABASE_URL', server: 'PostgreSQL', away: ['feed'] },
  { service: 'trading-engine', setting: 'KAFKA_BROKERS', server: 'Kafka', away: [] },
  { service: 'trading-engine', setting: 'DATABASE_URL', server: 'PostgreSQL', away: [] },
];

export interface Links {
  readonly all: readonly Link[];
  /** Leads a process through its links. */
  readonly settingsOf: (process: PlannedProcess) => Environment;
  close(): Promise<void>;
}

/** A fault proxy on each way from a service to a server. */
export async function startLinks(environment: Environment): Promise<Links> {
  const started = await Promise.all(
    carried.map(async ({ service, setting, server, away }) => {
      const address = environment[setting] ?? '';
      const name = `${service} → ${server}`;
      if (setting === 'KAFKA_BROKERS') {
        const faults = await startKafkaFaultProxy(address.split(','));
        return { service, setting, link: { name, faults, away }, lead: () => faults.brokers.join(',') };
      }
      const faults = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(address).port) });
      return { service, setting, link: { name, faults, away }, lead: (url: string) => withPort(url, faults.port) };
    }),
  );
  return {
    all: started.map(({ link }) => link),
    settingsOf: ({ name, environment: planned }) =>
      Object.fromEntries(
        started
          .filter(({ service }) => name.startsWith(service))
          .map(({ setting, lead }) => [setting, lead(planned[setting] ?? '')]),
      ),
    close: async () => {
      await Promise.all(started.map(({ link }) => link.faults.close()));
    },
  };
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}
