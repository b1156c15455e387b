import type { Logger } from '@repo/service';

const CRASHES_MAX = 5;
const FORGIVEN_AFTER_MS = 60_000;

/**
 * A bug must not leave a half-working broker: the process is replaced by a fresh one, which recovers as after
 * `kill -9`. After five crashes, each within a minute of its start, it gives up with exit code 70.
 */
export function restartAfterCrash(options: {
  readonly crashes: number;
  readonly logger: Logger;
  readonly tell: (line: string) => void;
}): void {
  let crashes = options.crashes;
  setTimeout(() => {
    crashes = 0;
  }, FORGIVEN_AFTER_MS).unref();

  process.on('uncaughtException', (error) => {
    options.logger.fatal({ err: error }, 'crashed');
    options.logger.flush();
    crashes += 1;
    const summary = error instanceof Error ? error.message : String(error);
    if (crashes > CRASHES_MAX || process.execve === undefined) {
      options.tell(`CFD-Broker crashed (${summary}) and stops; the log has the details.`);
      process.exit(70);
    }
    options.tell(`CFD-Broker crashed (${summary}) and starts again; the log has the details.`);
    process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      ...process.env,
      CFD_CRASHES: String(crashes),
    });
  });
}
