import { ConfigError } from '@repo/service';

/** Where a crash hurts most: each leaves another half of the work done. */
export const crashPoints = ['before-commit', 'after-commit', 'after-answer', 'after-publish'] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Called at each point. What it returns is waited for; it may never resolve. */
export type ReachPoint = (point: CrashPoint) => Promise<void> | void;

/**
 * For tests of recovery: `after-commit:3` kills the process, with no chance to clean up, the third time it comes by.
 *
 * @throws ConfigError for anything else.
 */
export function crashAt(setting: string | undefined): ReachPoint {
  if (setting === undefined) return () => {};
  const [point, times = '1'] = setting.split(':');
  if (!crashPoints.some((one) => one === point) || !/^[1-9][0-9]{0,8}$/.test(times)) {
    throw new ConfigError(
      `CRASH_AT is "${setting}": it must be one of ${crashPoints.join(', ')}, as in after-commit:3.`,
    );
  }
  let left = Number(times);
  return (reached) => {
    if (reached !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
