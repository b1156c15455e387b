import { glob } from 'node:fs/promises';
import { ensurePackage, InfraError } from '@repo/infra-native';

/** The library that makes another time of day; installed where we may. @throws InfraError where there is none. */
export async function findFaketime(): Promise<string> {
  const found = await find();
  if (found !== undefined) return found;
  await ensurePackage({ title: 'libfaketime', debian: 'libfaketime', homebrew: 'libfaketime', onStep: () => {} });
  const installed = await find();
  if (installed === undefined) throw new InfraError('libfaketime is installed, and not where it is looked for');
  return installed;
}

async function find(): Promise<string | undefined> {
  for await (const path of glob('/usr/lib/*/faketime/libfaketime.so.1')) return path;
  return undefined;
}
