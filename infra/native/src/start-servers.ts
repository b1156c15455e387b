import { isDeepStrictEqual } from 'node:util';
import { choosePorts, type PortChoice } from './choose-ports.ts';
import { createServers, type ServerName, type Servers, serverNames } from './create-servers.ts';
import { type ServersEnvironment, serversEnvironment, writeEnvironmentFile } from './environment.ts';
import { InfraError } from './infra-error.ts';
import type { OnStep } from './on-step.ts';
import { shownAddress } from './shown-address.ts';
import { StateDirectory } from './state.ts';

export interface StartServersOptions {
  /** Holds data, logs, pid files and chosen ports. Servers that run from it already are left as they are. */
  readonly stateDir: string;
  readonly ports: PortChoice;
  /** All of them by default. */
  readonly servers?: readonly ServerName[];
  /** 1 by default. With 3, topics have three replicas and a write needs two. */
  readonly brokers?: 1 | 3 | undefined;
  /** Whether servers started here outlive this process. By default they are killed when it exits. */
  readonly detached?: boolean;
  readonly onStep?: OnStep;
  /** Gives up the start; what was started is stopped again. */
  readonly signal?: AbortSignal;
}

/** A server that was not asked for can be started by its handle. */
export interface RunningServers extends Servers {
  /** `KAFKA_BROKERS`, `REDIS_URL`, … of the servers asked for. */
  readonly environment: ServersEnvironment;
  /** Stops those asked for in order, also when somebody else had started them. */
  stop(): Promise<void>;
}

/**
 * Starts real servers, beside each other, and resolves when all serve. When one does not start, those that were
 * started here are stopped again.
 *
 * @throws ConfigError for ports that cannot be had; InfraError with one clear sentence for the rest.
 */
export async function startServers(options: StartServersOptions): Promise<RunningServers> {
  const { onStep, signal } = options;
  const state = new StateDirectory(options.stateDir);
  const before = await state.readPorts();
  const ports = await choosePorts(options.ports, before, options.brokers);
  if (before !== undefined && !isDeepStrictEqual(before, ports)) {
    const running = await findRunning(createServers({ state, ports: before, endWithUs: false }), serverNames);
    if (running.length > 0) throw new InfraError('Servers run on other ports: stop them first (npm run infra:down).');
  }
  await state.create();
  await state.writePorts(ports);

  const servers = createServers({ state, ports, endWithUs: options.detached !== true, onStep, signal });
  const names: readonly ServerName[] = options.servers ?? serverNames;
  const running = await findRunning(servers, names);
  const results = await Promise.allSettled(
    names.map(async (name) => {
      const server = servers[name];
      onStep?.(server.title);
      await server.start();
      onStep?.(server.title, `${shownAddress(server)}${running.includes(name) ? ', runs already' : ''}`);
    }),
  );
  const stop = async (stopped: readonly ServerName[]) => {
    for (const name of serverNames) if (stopped.includes(name)) await servers[name].stop();
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined || signal?.aborted === true) {
    await stop(names.filter((name) => !running.includes(name)));
    throw failed?.reason ?? signal?.reason;
  }
  await writeEnvironmentFile(
    state.environmentFile,
    serversEnvironment(servers, await findRunning(servers, serverNames)),
  );
  return { ...servers, environment: serversEnvironment(servers, names), stop: () => stop(names) };
}

async function findRunning(servers: Servers, names: readonly ServerName[]): Promise<readonly ServerName[]> {
  const running = await Promise.all(names.map((name) => servers[name].isRunning()));
  return names.filter((_, index) => running[index]);
}
