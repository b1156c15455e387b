import { readFile } from 'node:fs/promises';
import { runTool } from './run-tool.ts';

/** The ids of a process's own children: PostgreSQL works in them. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
      : (await runTool('pgrep', ['-P', String(pid)])).output;
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
}
