import type { ServerProcess } from './process/server-process.ts';

/** A server, or a group of them, that can be stopped, hurt and started again on the same data and address. */
export interface ServerHandle {
  /** "Kafka", "Redis", … */
  readonly title: string;
  /** As clients are told: a URL, or `host:port` of each broker with commas. */
  readonly address: string;
  isRunning(): Promise<boolean>;
  /** Resolves when it serves. One that runs already is left as it is, one that is paused goes on. */
  start(): Promise<void>;
  /** In order: what it holds is written. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
}

export interface KafkaHandle extends ServerHandle {
  readonly brokers: readonly ServerHandle[];
}

export interface PostgresHandle extends ServerHandle {
  /** A crash without loss of what is committed: the next start recovers from the log. */
  stopImmediate(): Promise<void>;
}

export interface SmtpHandle extends ServerHandle {
  /** The page of mails; the same as JSON at `/mails`, newest first. */
  readonly page: string;
}

/** @param address asked each time: PostgreSQL's is known only once its data are made. */
export function handleOf(server: ServerProcess, address: () => string): ServerHandle {
  return {
    title: server.title,
    get address() {
      return address();
    },
    isRunning: async () => (await server.find()) !== undefined,
    start: async () => {
      await server.start();
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
  };
}

/** Several servers as one. */
export function groupOf(title: string, brokers: readonly ServerHandle[]): KafkaHandle {
  const all = async (act: (broker: ServerHandle) => Promise<void>): Promise<void> => {
    const results = await Promise.allSettled(brokers.map(act));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  return {
    title,
    brokers,
    address: brokers.map(({ address }) => address).join(','),
    isRunning: async () => (await Promise.all(brokers.map((broker) => broker.isRunning()))).every(Boolean),
    // Together: one alone waits for the others to form a quorum.
    start: () => all((broker) => broker.start()),
    stop: () => all((broker) => broker.stop()),
    kill: () => all((broker) => broker.kill()),
    pause: () => all((broker) => broker.pause()),
    resume: () => all((broker) => broker.resume()),
  };
}
