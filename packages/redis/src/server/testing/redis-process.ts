import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A Redis server of a test's own, to be killed and frozen. It keeps nothing on the disk. */
export interface RedisProcess {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** It takes connections, as its kernel does for it, and answers nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Starts `redis-server` on a free port with further settings, e.g. `['--requirepass', 'x']`; later ones win. */
export async function startRedisProcess(
  settings: (port: number) => readonly string[] = () => [],
): Promise<RedisProcess> {
  const directory = await mkdtemp(path.join(tmpdir(), 'redis-'));
  const port = await freePort();
  let server: ChildProcess;
  const start = async () => {
    const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    server = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no', ...settings(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      let log = '';
      server.stdout?.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('Ready to accept connections')) resolve();
      });
      server.once('error', reject).once('exit', () => reject(new Error(`redis-server did not start:\n${log}`)));
    });
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    close: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
