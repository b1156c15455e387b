import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// The core alone, on one core. Each section is a process of its own, so that neither the heap nor the compiled code of
// one is that of another.

const sections = ['command-rate', 'quote-rate', 'gaps', 'memory', 'reclaim', 'whole-shard'];
const directory = join(dirname(fileURLToPath(import.meta.url)), 'trading-core');

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = positionals.length === 0 ? sections : positionals;
for (const section of chosen) {
  if (!sections.includes(section)) throw new Error(`no section ${section}; there are ${sections.join(', ')}`);
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const { status } = spawnSync(process.execPath, [...flags, join(directory, `${section}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
