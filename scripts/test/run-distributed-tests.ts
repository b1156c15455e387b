import { cp, glob, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createTestRoot, InfraError, type RunningServers, startServers } from '../../infra/native/src/index.ts';
import { ConfigError, Progress } from '../../packages/service/src/index.ts';
import { distributedChecks } from './distributed-checks.ts';
import { addOutcome, type Outcome, runCheck } from './run-check.ts';

const root = path.join(import.meta.dirname, '../..');
const results = path.join(root, 'test-results/distributed');

/**
 * Starts real servers and runs the tests that need them, one file after the other: all, or those whose path contains
 * one of the words. Servers that do not start are a failure. Ctrl-C stops everything and ends the process.
 */
export async function runDistributedTests(words: readonly string[] = []): Promise<Outcome> {
  const progress = new Progress(process.stdout);
  const files = await findFiles(words);
  if (files.length === 0) {
    progress.fail(`No file *.distributed-test.ts${words.length > 0 ? ` has ${words.join(' or ')} in its path` : ''}.`);
    process.exit(1);
  }
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) progress.line('\nStopping …');
      abort.abort();
    });
  }
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });

  const begun = performance.now();
  const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
  const testRoot = await createTestRoot();
  const stateDir = path.join(testRoot.directory, 'servers');
  let servers: RunningServers | undefined;
  try {
    progress.line('\nServers for the distributed tests\n');
    servers = await startServers({
      stateDir,
      ports: 'free',
      onStep: (name, detail) => {
        if (!abort.signal.aborted) progress.step(name, detail);
      },
      signal: abort.signal,
    });
    progress.stop();
    const temporary = path.join(testRoot.directory, 'tmp');
    await mkdir(temporary, { mode: 0o711 });
    progress.line(`\n${files.length} files, their output in ${path.relative(root, results)}\n`);
    const environment = { ...servers.environment, INFRA_STATE_DIR: stateDir, TMPDIR: temporary };
    for (const check of distributedChecks({ files, results, environment, signal: abort.signal })) {
      if (abort.signal.aborted) break;
      addOutcome(total, await runCheck(check));
    }
  } catch (error) {
    if (!abort.signal.aborted) {
      if (!(error instanceof ConfigError || error instanceof InfraError)) throw error;
      progress.fail(error.message);
      total.failed += 1;
    }
  } finally {
    progress.stop();
    await servers?.stop();
    await cp(path.join(stateDir, 'logs'), path.join(results, 'logs'), { recursive: true }).catch(() => undefined);
    const left = await testRoot.remove();
    if (left > 0 && !abort.signal.aborted) progress.line(`  ${left} servers that tests left running were killed`);
  }
  if (abort.signal.aborted) {
    progress.line('Stopped.');
    process.exit(130);
  }
  progress.line(`\nThis took ${((performance.now() - begun) / 60_000).toFixed(1)} min.`);
  return total;
}

async function findFiles(words: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob('{packages,apps,infra}/*/src/**/*.distributed-test.ts', { cwd: root })) {
    if (words.length === 0 || words.some((word) => file.includes(word))) files.push(file);
  }
  return files.sort();
}
