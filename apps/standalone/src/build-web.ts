import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, type Logger } from '@repo/service';
import { indentEnd } from './indent-end.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Builds the web app if its sources changed since the last build; the build cache knows. */
export async function buildWeb(logger: Logger, signal: AbortSignal): Promise<void> {
  const turbo = createRequire(join(root, 'package.json')).resolve('turbo/bin/turbo');
  const build = spawn(process.execPath, [turbo, 'run', 'build', '--filter=@repo/web', '--output-logs=errors-only'], {
    cwd: root,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // The build runs the package manager, wherever this program was started from.
      PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      NODE_ENV: 'production',
      TURBO_TELEMETRY_DISABLED: '1',
      NEXT_TELEMETRY_DISABLED: '1',
    },
  });
  let output = '';
  for (const stream of [build.stdout, build.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    build.once('error', reject);
    build.once('close', resolve);
  });
  if (code === 0) return;
  logger.warn({ output }, 'the web app did not build');
  throw new ConfigError(`The web app did not build:\n${indentEnd(output)}`);
}
