import { parseArgs } from 'node:util';
import { ConfigError, Progress } from '@repo/service';
import { down } from './cli/down.ts';
import { status } from './cli/status.ts';
import { up } from './cli/up.ts';
import { InfraError } from './infra-error.ts';

const progress = new Progress(process.stdout);

async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  switch (positionals[0]) {
    case 'up':
      return await up(progress, values.brokers);
    case 'down':
      return await down(progress, values.data === true);
    case 'status':
      return await status(progress);
    default:
      throw new ConfigError('Say up, down or status.');
  }
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
