import { readFile } from 'node:fs/promises';
import { runTool } from './run-tool.ts';

/** A process for as long as it lives. The id alone proves nothing: after a crash it may belong to anybody. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the system's own words. */
  readonly begun: string;
}

/** @returns `undefined` when there is no such process, or only a dead one that nobody has collected yet. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const begun = process.platform === 'linux' ? await begunOnLinux(pid) : await begunElsewhere(pid);
  return begun === undefined ? undefined : { pid, begun };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.begun === identity.begun;
}

async function begunOnLinux(pid: number): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc_pid_stat(5): the name, in brackets, may hold anything; after it the state, 17 fields later the number of
  // threads, 19 later the start. While other threads of a dead one are still ending, its files and ports are held.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return isDead(fields[0]) && Number(fields[17]) <= 1 ? undefined : fields[19];
}

async function begunElsewhere(pid: number): Promise<string | undefined> {
  const { ok, output } = await runTool('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  const [, state, begun] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(output) ?? [];
  return !ok || isDead(state) ? undefined : begun;
}

function isDead(state: string | undefined): boolean {
  return state === undefined || state.startsWith('Z') || state.startsWith('X');
}
