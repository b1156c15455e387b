import { type ChildProcess, fork } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@repo/service';

export interface Usage {
  /** CPU time of the process so far, ms. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** The standalone services in a process of their own, so that the load does not share their event loop. */
export interface BrokerProcess {
  readonly pid: number;
  readonly httpUrl: string;
  readonly wsPort: number;
  usage(): Promise<Usage>;
  /** Says something to the program that it answers. */
  ask(question: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param program a file of this folder. */
export async function startBroker(
  environment: Readonly<Record<string, string>>,
  program = 'broker.ts',
): Promise<BrokerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cfd-broker-bench-'));
  // As root the database runs as a user of its own, who must be able to enter.
  await chmod(dataDir, 0o755);
  const [httpPort, wsPort] = await Promise.all([findFreePort(), findFreePort()]);
  const child = fork(join(dirname(fileURLToPath(import.meta.url)), program), {
    env: { ...process.env, DATA_DIR: dataDir, HTTP_PORT: String(httpPort), WS_PORT: String(wsPort), ...environment },
  });
  await nextMessage(child);
  const ask = (question: string) => {
    const answer = nextMessage(child);
    child.send(question);
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    wsPort,
    usage: async () => (await ask('usage')) as Usage,
    ask,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.send('stop');
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null) => reject(new Error(`the broker ended with code ${code}`));
    child.once('exit', exited);
    child.once('message', (message) => {
      child.off('exit', exited);
      resolve(message);
    });
  });
}
