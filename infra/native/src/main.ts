import { parseArgs } from 'node:util';
import { ConfigError, Progress } from '@repo/service';
import { down } from './cli/down.ts';
import { status } from './cli/status.ts';
import { up } from './cli/up.ts';
import { InfraError } from './infra-error.ts';

const progress = new Progress(process.stdout);

async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  const [command, ...others] = positionals;
  if (command === 'up' && others.length === 0) await up(progress, values.brokers);
  else if (command === 'down' && others.length === 0) await down(progress, values.data === true);
  else if (command === 'status' && others.length === 0) await status(progress);
  else throw new ConfigError('Say up [--brokers 3], down [--data] or status.');
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { brokers: { type: 'string' }, data: { type: 'boolean' } } });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError || error instanceof InfraError)) throw error;
  progress.fail(error.message);
  process.exit(1);
});
