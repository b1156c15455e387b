import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InfraError } from '../infra-error.ts';
import type { ServerPorts } from '../ports.ts';
import { runTool } from '../process/run-tool.ts';
import type { ServerCommand, ServerProgram } from '../process/server-program.ts';
import type { StateDirectory } from '../state.ts';
import { brokerProperties } from './broker-properties.ts';
import { ensureClusterId } from './cluster-id.ts';
import type { KafkaRuntime } from './kafka-runtime.ts';
import { propertiesFile } from './properties-file.ts';

const LOGGING = path.join(import.meta.dirname, 'log4j2.properties');
const FORMAT_TIMEOUT_MS = 60_000;

/** One broker, which is also a controller, of the cluster that `ports` names. */
export function kafkaBroker(options: {
  readonly id: number;
  readonly ports: ServerPorts['kafka'];
  readonly state: StateDirectory;
  readonly runtime: () => Promise<KafkaRuntime>;
}): ServerProgram {
  const { id, ports, state, runtime } = options;
  const name = `kafka-${id}`;
  const title = ports.length === 1 ? 'Kafka' : `Kafka broker ${id}`;
  const directory = state.data(name);
  const dataDir = path.join(directory, 'log');
  const propertiesPath = path.join(directory, 'server.properties');

  async function command(heap: string, args: readonly string[]): Promise<ServerCommand> {
    const { java, libraries } = await runtime();
    const options = [
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      '-XX:+ExitOnOutOfMemoryError',
      `-Dlog4j2.configurationFile=${LOGGING}`,
      '-cp',
      path.join(libraries, '*'),
    ];
    return { program: java, args: [...options, ...args] };
  }

  async function format(): Promise<void> {
    // A format that was killed has begun, perhaps, but not written this file, its last.
    if (existsSync(path.join(dataDir, 'meta.properties'))) return;
    await rm(dataDir, { recursive: true, force: true });
    const clusterId = await ensureClusterId(state.data('kafka-cluster-id'));
    const { program, args } = await command('128m', [
      'kafka.tools.StorageTool',
      'format',
      '--cluster-id',
      clusterId,
      '--config',
      propertiesPath,
    ]);
    const { ok, output } = await runTool(program, args, { timeout: FORMAT_TIMEOUT_MS });
    if (!ok) throw new InfraError(`${title} could not format ${dataDir}: ${output.trimEnd().split('\n').at(-1)}`);
  }

  const own = ports[id - 1];
  return {
    title,
    logFile: state.log(name),
    pidFile: state.pid(name),
    ports: own === undefined ? [] : [own.client, own.controller].map((port) => ({ setting: 'KAFKA_PORT', port })),
    prepare: async () => {
      await mkdir(directory, { recursive: true });
      await writeFile(propertiesPath, propertiesFile(brokerProperties({ id, ports, dataDir })));
      await format();
    },
    command: () => command('256m', ['kafka.Kafka', propertiesPath]),
    isReady: async (_run, log) => (await log()).includes('Kafka Server started'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 20_000,
  };
}
