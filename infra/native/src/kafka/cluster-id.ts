import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** The id that `file` holds, or a new one that it then holds, also when several brokers ask at once. */
export async function ensureClusterId(file: string): Promise<string> {
  try {
    await writeFile(file, randomClusterId(), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return await readFile(file, 'utf8');
}

/** 16 random bytes in base64url, as Kafka writes ids. */
function randomClusterId(): string {
  while (true) {
    const id = randomBytes(16).toString('base64url');
    // An argument that begins so is taken for an option.
    if (!id.startsWith('-')) return id;
  }
}
