import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { InfraError } from './infra-error.ts';
import type { OnStep } from './on-step.ts';
import { runTool, type ToolResult } from './process/run-tool.ts';

const APT_GET = '/usr/bin/apt-get';
// Debian's packages ask this file whether they may start their service: https://www.debian.org/doc/debian-policy/ch-opersys.html
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs a Debian package where we are root on Debian, without starting the system's own server from it.
 *
 * @throws InfraError with what to do by hand elsewhere.
 */
export async function ensurePackage(options: {
  readonly title: string;
  readonly debian: string;
  readonly homebrew: string;
  readonly onStep: OnStep;
}): Promise<void> {
  const { title, debian, homebrew, onStep } = options;
  const byHand = process.platform === 'darwin' ? `brew install ${homebrew}` : `sudo apt-get install ${debian}`;
  if (process.getuid?.() !== 0 || !existsSync(APT_GET)) {
    throw new InfraError(`${title} is not installed on this machine: install it, e.g. with: ${byHand}`);
  }
  const step = `${title} package`;
  onStep(step);
  let result = await withoutServices(() => aptGet('install', '--no-install-recommends', debian));
  if (!result.ok) {
    // The lists of packages may be absent or old.
    await aptGet('update');
    result = await withoutServices(() => aptGet('install', '--no-install-recommends', debian));
  }
  if (result.ok) {
    onStep(step, `${debian} installed with apt-get`);
    return;
  }
  const reason = result.output.split('\n').find((line) => line.startsWith('E: ')) ?? 'apt-get failed';
  throw new InfraError(`${title} could not be installed: ${reason}`);
}

function aptGet(command: string, ...args: readonly string[]): Promise<ToolResult> {
  return runTool(APT_GET, ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', command, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function withoutServices<T>(install: () => Promise<T>): Promise<T> {
  if (existsSync(POLICY)) return install();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await install();
  } finally {
    await rm(POLICY, { force: true });
  }
}
