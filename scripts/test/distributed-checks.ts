import path from 'node:path';
import { countNodeTests } from './count-tests.ts';
import type { Check } from './run-check.ts';

const TEST_TIMEOUT_MS = 15 * 60_000;

/** One check for each file of tests that need real servers; its output goes to a file of its own too. */
export function distributedChecks(options: {
  /** Relative to the root of the repository, e.g. `packages/kafka/src/broker.distributed-test.ts`. */
  readonly files: readonly string[];
  /** The folder for outputs. */
  readonly results: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): readonly Check[] {
  return options.files.map((file) => {
    const [, folder = '', , ...rest] = file.split('/');
    const name = rest.join('/').replace('.distributed-test.ts', '');
    const output = path.join(options.results, `${folder}-${name.replaceAll('/', '-')}.txt`);
    return {
      name: folder,
      what: name,
      command: [
        'node',
        '--test',
        `--test-timeout=${TEST_TIMEOUT_MS}`,
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=spec',
        `--test-reporter-destination=${output}`,
        file,
      ],
      env: options.environment,
      signal: options.signal,
      count: countNodeTests,
    };
  });
}
