import { glob, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

// Its types speak of a default export, which it has not.
const dockerignore = createRequire(import.meta.url)(
  '@balena/dockerignore',
) as typeof import('@balena/dockerignore').default;

/** The files, relative to `directory`, that its .dockerignore lets through to a build. */
export async function buildContext(directory: string): Promise<readonly string[]> {
  const rules = dockerignore({ ignorecase: false }).add(await readFile(path.join(directory, '.dockerignore'), 'utf8'));
  const files: string[] = [];
  const found = glob('**', {
    cwd: directory,
    withFileTypes: true,
    // Only to be quick; the rules leave them out too.
    exclude: ({ name }) => ['node_modules', '.git', '.next'].includes(name),
  });
  for await (const entry of found) {
    const file = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !rules.ignores(file)) files.push(file);
  }
  return files.sort();
}
