import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { InfraError } from '../infra-error.ts';
import type { OnStep } from '../on-step.ts';
import { HOST } from '../ports.ts';
import { runTool } from '../process/run-tool.ts';
import type { ServerProgram } from '../process/server-program.ts';
import type { StateDirectory } from '../state.ts';
import { ensurePackage } from '../system-package.ts';

const PROGRAM = 'redis-server';
const VERSION_MIN = 7;
const PING_TIMEOUT_MS = 1000;

/**
 * Redis: a cache, which writes nothing to disk. A snapshot that is a minute old would bring back codes that have been used
 * and sessions that have ended; what is not there is only asked for again.
 */
export function redis(options: {
  readonly port: number;
  readonly state: StateDirectory;
  readonly onStep: OnStep;
}): ServerProgram {
  const { port, state, onStep } = options;
  const directory = state.data('redis');
  const settings = {
    bind: HOST,
    port: String(port),
    dir: directory,
    appendonly: 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  return {
    title: 'Redis',
    logFile: state.log('redis'),
    pidFile: state.pid('redis'),
    ports: [{ setting: 'REDIS_PORT', port }],
    prepare: async () => {
      await ensureRedis(onStep);
      await mkdir(directory, { recursive: true });
    },
    command: async () => ({
      program: PROGRAM,
      args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
    }),
    isReady: () => answersPing(port),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  };
}

/** @throws InfraError when there is none of version 7 or later and none can be installed. */
async function ensureRedis(onStep: OnStep): Promise<void> {
  const find = async () => {
    const { output } = await runTool(PROGRAM, ['--version']);
    return Number(/v=(\d+)/.exec(output)?.[1] ?? 0);
  };
  let version = await find();
  if (version === 0) {
    await ensurePackage({ title: 'Redis', debian: 'redis-server', homebrew: 'redis', onStep });
    version = await find();
  }
  if (version < VERSION_MIN)
    throw new InfraError(`Redis ${VERSION_MIN} or later is needed and ${version === 0 ? 'none' : version} was found.`);
}

/** While it loads its snapshot Redis accepts connections and refuses commands. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const done = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(PING_TIMEOUT_MS, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
  });
}
