import { readdir, readFile } from 'node:fs/promises';
import { runTool } from './run-tool.ts';

/** Whether every thread of a process has obeyed SIGSTOP: until then it may still answer. One that ended counts too. */
export async function isPaused(pid: number): Promise<boolean> {
  if (process.platform !== 'linux')
    return !/^[^T\s]/.test((await runTool('ps', ['-o', 'stat=', '-p', String(pid)])).output);
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = await Promise.all(threads.map((thread) => readState(`/proc/${pid}/task/${thread}/stat`)));
  return states.every((state) => state === undefined || 'TXZ'.includes(state));
}

async function readState(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.at(text.lastIndexOf(')') + 2);
}
