import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InfraError } from '../infra-error.ts';
import type { OnStep } from '../on-step.ts';
import { runTool } from '../process/run-tool.ts';

const POM = path.join(import.meta.dirname, 'pom.xml');
const STEP = 'Kafka libraries';
const ATTEMPTS = 4;
const PAUSE_MS = 2000;
const ATTEMPT_TIMEOUT_MS = 240_000;

/**
 * The folder of Kafka's libraries, as `pom.xml` names them. They are fetched by Maven once and kept in `cacheDir`; a
 * fetch that fails or is killed leaves nothing that would be taken for them.
 *
 * @throws InfraError when Maven is absent or fails again and again.
 */
export async function ensureKafkaLibraries(options: {
  readonly cacheDir: string;
  readonly onStep: OnStep;
  /** Gives up the fetch. */
  readonly signal: AbortSignal | undefined;
}): Promise<string> {
  const { cacheDir, onStep, signal } = options;
  const hash = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex');
  const place = path.join(cacheDir, `kafka-${hash.slice(0, 12)}`);
  if (existsSync(place)) return place;
  onStep(STEP);
  await mkdir(cacheDir, { recursive: true });
  const unfinished = await mkdtemp(path.join(cacheDir, 'unfinished-'));
  try {
    await fetchLibraries(unfinished, path.join(cacheDir, 'maven.log'), signal);
    await rename(path.join(unfinished, 'libraries'), place).catch((error: unknown) => {
      // Another start was quicker: its libraries are the same.
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  onStep(STEP, 'fetched with Maven, kept for the next time');
  return place;
}

async function fetchLibraries(directory: string, logFile: string, signal: AbortSignal | undefined): Promise<void> {
  const pom = path.join(directory, 'pom.xml');
  await cp(POM, pom);
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
        'Kafka is fetched with Maven, which is not here: install it (on Debian: apt-get install maven).',
      );
    }
    await appendFile(logFile, output);
    if (ok && (await readdir(libraries)).some((name) => name.startsWith('kafka_'))) return;
    if (attempt === ATTEMPTS) {
      const reason =
        output.split('\n').find((line) => line.startsWith('[ERROR]')) ?? output.trimEnd().split('\n').at(-1);
      throw new InfraError(`Maven could not fetch Kafka: ${reason?.slice(0, 300)} (all of it: ${logFile})`);
    }
    await delay(PAUSE_MS * attempt);
  }
}
