import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { InfraError } from '@repo/infra-native';

const run = promisify(execFile);

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Prometheus and promtool: those of the system, or else out of Debian's package, which is fetched once, unpacked in
 * `cacheDir` and not installed, so that no server of the system starts from it.
 *
 * @throws InfraError with what to do by hand.
 */
export async function ensurePrometheus(cacheDir: string): Promise<PrometheusPrograms> {
  for (const directory of ['/usr/local/bin', '/usr/bin', path.join(cacheDir, 'prometheus/usr/bin')]) {
    const programs = { prometheus: path.join(directory, 'prometheus'), promtool: path.join(directory, 'promtool') };
    if (existsSync(programs.prometheus) && existsSync(programs.promtool)) return programs;
  }
  await mkdir(cacheDir, { recursive: true });
  const unfinished = await mkdtemp(path.join(cacheDir, 'unfinished-'));
  try {
    await unpackDebianPackage(unfinished);
    await rename(path.join(unfinished, 'prometheus'), path.join(cacheDir, 'prometheus')).catch((error: unknown) => {
      // Another test was quicker: its programs are the same.
      if (!existsSync(path.join(cacheDir, 'prometheus'))) throw error;
    });
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.split('\n').find((line) => line.startsWith('E: '));
    throw new InfraError(
      `Prometheus is not on this machine and could not be fetched (${reason ?? (error as Error).message}): install it, e.g. with: sudo apt-get install prometheus`,
      { cause: error },
    );
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const bin = path.join(cacheDir, 'prometheus/usr/bin');
  return { prometheus: path.join(bin, 'prometheus'), promtool: path.join(bin, 'promtool') };
}

async function unpackDebianPackage(directory: string): Promise<void> {
  const download = () => run('apt-get', ['download', 'prometheus'], { cwd: directory });
  await download().catch(async (error: unknown) => {
    // The lists of packages may be absent or old; only root can renew them.
    if (process.getuid?.() !== 0) throw error;
    await run('apt-get', ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', 'update']);
    await download();
  });
  const file = (await readdir(directory)).find((name) => name.endsWith('.deb'));
  await run('dpkg', ['-x', path.join(directory, file ?? ''), path.join(directory, 'prometheus')]);
}
