import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InfraError } from '../infra-error.ts';
import type { OnStep } from '../on-step.ts';
import { runTool } from '../process/run-tool.ts';

const ATTEMPTS = 4;
const PAUSE_MS = 2000;
const ATTEMPT_TIMEOUT_MS = 240_000;

export interface EnsureLibrariesOptions {
  /** Whose libraries: `Kafka`. */
  readonly what: string;
  /** The file that names them. */
  readonly pom: string;
  readonly cacheDir: string;
  readonly onStep: OnStep;
  /** Gives up the fetch. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The folder of the libraries that a `pom.xml` names. They are fetched by Maven once and kept in `cacheDir`; a fetch
 * that fails or is killed leaves nothing that would be taken for them.
 *
 * @throws InfraError when Maven is absent or fails again and again.
 */
export async function ensureLibraries(options: EnsureLibrariesOptions): Promise<string> {
  const { what, pom, cacheDir, onStep } = options;
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const place = path.join(cacheDir, `${what.toLowerCase()}-${hash.slice(0, 12)}`);
  if (existsSync(place)) return place;
  const step = `${what} libraries`;
  onStep(step);
  await mkdir(cacheDir, { recursive: true });
  const unfinished = await mkdtemp(path.join(cacheDir, 'unfinished-'));
  try {
    await fetchLibraries(unfinished, options);
    await rename(path.join(unfinished, 'libraries'), place).catch((error: unknown) => {
      // Another start was quicker: its libraries are the same.
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  onStep(step, 'fetched with Maven, kept for the next time');
  return place;
}

async function fetchLibraries(directory: string, options: EnsureLibrariesOptions): Promise<void> {
  const { what, cacheDir, signal } = options;
  const logFile = path.join(cacheDir, 'maven.log');
  const pom = path.join(directory, 'pom.xml');
  await cp(options.pom, pom);
  const libraries = path.join(directory, 'libraries');
  const args = ['--batch-mode', '--no-transfer-progress', '--file', pom];
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${libraries}`];
  for (let attempt = 1; ; attempt += 1) {
    const { ok, output, absent } = await runTool('mvn', [...args, ...goal], {
      timeout: ATTEMPT_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    if (absent) {
      throw new InfraError(
        `${what} is fetched with Maven, which is not here: install it (on Debian: apt-get install maven).`,
      );
    }
    await appendFile(logFile, output);
    if (ok && (await readdir(libraries)).some((name) => name.endsWith('.jar'))) return;
    if (attempt === ATTEMPTS) {
      const reason =
        output.split('\n').find((line) => line.startsWith('[ERROR]')) ?? output.trimEnd().split('\n').at(-1);
      throw new InfraError(`Maven could not fetch ${what}: ${reason?.slice(0, 300)} (all of it: ${logFile})`);
    }
    await delay(PAUSE_MS * attempt);
  }
}
