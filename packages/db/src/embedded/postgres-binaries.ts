import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * The folder with `bin/initdb` and `bin/postgres` for this platform.
 *
 * The binaries are taken straight from their package: the `embedded-postgres` wrapper hooks into the process's signals
 * and starts the server in the terminal's process group, where Ctrl-C kills it before its clients have finished.
 *
 * @throws EmbeddedPostgresError where the package has none.
 */
export function findPostgresBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (PLATFORMS.includes(platform)) {
    try {
      const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
      return path.resolve(path.dirname(entry), '..', 'native');
    } catch (error) {
      throw new EmbeddedPostgresError(
        `The package @embedded-postgres/${platform} is not installed: install the dependencies again.`,
        { cause: error },
      );
    }
  }
  throw new EmbeddedPostgresError(
    `There is no embedded PostgreSQL for ${platform}: it exists for ${PLATFORMS.join(', ')}.`,
  );
}
