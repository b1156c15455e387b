import { type ExecFileOptions, execFile } from 'node:child_process';

/** How a program that runs to its end has ended. */
export interface ToolResult {
  readonly ok: boolean;
  /** What it wrote, standard output first. */
  readonly output: string;
  /** Whether the program is not there at all. */
  readonly absent: boolean;
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Runs a program to its end. It never throws: what went wrong is in the result. */
export function runTool(program: string, args: readonly string[], options: ExecFileOptions = {}): Promise<ToolResult> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: OUTPUT_BYTES_MAX, ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}`, absent: error?.code === 'ENOENT' });
    });
  });
}
