import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';

const packagesDir = join(dirname(fileURLToPath(import.meta.url)), '../..');
const copied = ['trading-core', 'testing'];

/** Copies of the core and of its auditor, to be broken at will. They see each other, and what is installed. */
export class CopiedPackages {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(directory: string): Promise<CopiedPackages> {
    for (const name of copied) {
      const from = join(packagesDir, name);
      if (!existsSync(from)) continue;
      const to = join(directory, name);
      const isSource = (path: string) => path !== join(from, 'node_modules');
      await cp(from, to, { recursive: true, filter: isSource });
      await linkInstalled(join(from, 'node_modules'), join(to, 'node_modules'), directory);
    }
    return new CopiedPackages(directory);
  }

  pathOf(name: string): string {
    return join(this.#directory, name);
  }

  /**
   * Breaks the copy while `action` runs.
   *
   * @throws when the place to change is not there, or there more than once.
   */
  async withMutation<Result>({ file, find, replace }: Mutation, action: () => Promise<Result>): Promise<Result> {
    const path = join(this.#directory, 'trading-core/src', file);
    const source = await readFile(path, 'utf8');
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${find}`);
    await writeFile(path, parts.join(replace));
    try {
      return await action();
    } finally {
      await writeFile(path, source);
    }
  }
}

async function linkInstalled(from: string, to: string, copies: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name === '@repo' || name === '@types') await linkInstalled(join(from, name), join(to, name), copies);
    else if (copied.includes(name)) await symlink(join(copies, name), join(to, name));
    else await symlink(await realpath(join(from, name)), join(to, name));
  }
}
