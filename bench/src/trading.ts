import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The engine and the way to it. Each section is a process of its own and takes its own options.

const sections = ['durable', 'recovery', 'ack', 'frames', 'subscriptions'];
const directory = join(dirname(fileURLToPath(import.meta.url)), 'trading');

const [section, ...options] = process.argv.slice(2);
const chosen = section === undefined ? sections : [section];
for (const one of chosen) {
  if (!sections.includes(one)) throw new Error(`no section ${one}; there are ${sections.join(', ')}`);
  const command = ['--expose-gc', join(directory, `${one}.ts`), ...options];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
