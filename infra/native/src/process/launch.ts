import { spawn } from 'node:child_process';
import { InfraError } from '../infra-error.ts';
import { type ServerRun, writePidFile } from './pid-file.ts';
import { identify } from './process-identity.ts';
import { openServerLog } from './server-log.ts';
import type { ServerProgram } from './server-program.ts';

/**
 * Starts a server in a process group of its own, so that Ctrl-C in the terminal reaches us alone and we stop it in
 * order. Writes its pid file; does not wait until it serves.
 *
 * @param endsWithUs whether it is killed when this process exits.
 * @throws InfraError when the program cannot be run.
 */
export async function launch(server: ServerProgram, endsWithUs: boolean): Promise<ServerRun> {
  const log = await openServerLog(server.logFile);
  const command = await server.command();
  try {
    const child = spawn(command.program, command.args, {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...command.account,
      env: command.env ?? process.env,
      detached: true,
      stdio: ['ignore', log.handle.fd, log.handle.fd, command.inherited?.fd ?? 'ignore'],
    });
    const failed = new Promise<Error>((resolve) => child.once('error', resolve));
    if (child.pid === undefined) throw new InfraError(`${server.title} cannot be run: ${(await failed).message}.`);
    child.unref();
    if (endsWithUs) {
      const kill = () => child.kill('SIGKILL');
      process.once('exit', kill);
      child.once('exit', () => process.off('exit', kill));
    }
    const identity = await identify(child.pid);
    // One that has ended already is known by no start; its log tells why.
    const run = { pid: child.pid, begun: identity?.begun ?? 'never', logStart: log.start };
    await writePidFile(server.pidFile, run);
    return run;
  } finally {
    await log.handle.close();
    await command.inherited?.close();
  }
}
