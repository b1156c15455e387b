import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Started {
  stop(): Promise<void>;
}

const READY_MS = 180_000;

/** Runs a program until it has said `ready`. Throws with what it said when it ends before. */
export async function startProcess(file: string, environment: Record<string, string>, ready: string): Promise<Started> {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...environment }, stdio: 'pipe' });
  let said = '';
  const isReady = new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(ready)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${said}`)));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS);
  await isReady;
  clearTimeout(timer);
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
