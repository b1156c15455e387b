import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Image } from './dockerfile/image.ts';

export interface ImageFile {
  /** From `/`, without a slash at its beginning. */
  readonly file: string;
  readonly bytes: number;
}

/** Every file and link of an image that its own build brought. */
export async function imageFiles({ root }: Pick<Image, 'root'>, folder = ''): Promise<readonly ImageFile[]> {
  const files: ImageFile[] = [];
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await imageFiles({ root }, file)));
    else files.push({ file, bytes: (await lstat(path.join(root, file))).size });
  }
  return files;
}

/** The largest packages of an image, for a person: `17.0 MB drizzle-orm@0.45.4`. */
export function largestPackages(files: readonly ImageFile[], count: number): readonly string[] {
  const bytesOf = new Map<string, number>();
  for (const { file, bytes } of files) {
    const name = /node_modules\/\.bun\/([^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 3).join('/');
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytes);
  }
  return [...bytesOf]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, bytes]) => `${(bytes / 1e6).toFixed(1)} MB ${name}`);
}
