import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { canEnter, type PostgresAccount } from './postgres-account.ts';

const INHERITED_FD = 3;

export interface AccountCommand {
  readonly program: string;
  /** Given the working directory's name as the program can reach it. */
  readonly argumentsFor: (directory: string) => readonly string[];
  /** A directory of the account's own that the program works on. */
  readonly directory: string;
  readonly account: PostgresAccount | undefined;
  /** Where output goes: file descriptors, or `pipe`. */
  readonly output: number | 'pipe';
}

export interface AccountProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended: how, or why it could not be started; `undefined` when it ended well. */
  readonly ended: Promise<string | undefined>;
}

/**
 * Starts a program of PostgreSQL as the account, in a process group of its own: Ctrl-C in the terminal reaches whoever
 * started us, and only that one stops what we started.
 *
 * Root often works where nobody else may enter (/root, `mktemp -d`). There the account's directory is handed over as an
 * open file: on Linux, /proc/self/fd leads into it past the closed ones above.
 *
 * @throws EmbeddedPostgresError where the directory is closed and there is no such way.
 */
export async function runAsAccount(command: AccountCommand): Promise<AccountProcess> {
  const { account, directory } = command;
  const closed = account !== undefined && !(await canEnter(account, directory));
  if (closed && process.platform !== 'linux') {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root and its user "postgres" may not enter ${directory}: start as another user, or from a directory open to all.`,
    );
  }
  const handle: FileHandle | undefined = closed ? await open(directory, 'r') : undefined;
  try {
    const { output } = command;
    const name = closed ? `/proc/self/fd/${INHERITED_FD}` : directory;
    const child = spawn(command.program, command.argumentsFor(name), {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output, handle?.fd ?? 'ignore'],
    });
    const ended = new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code === 0 ? undefined : `it ended with ${code ?? signal}`));
    });
    return { child, ended };
  } finally {
    await handle?.close();
  }
}
