import { cp, glob, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createTestRoot, InfraError, type RunningServers, startServers } from '../infra/native/src/index.ts';
import { ConfigError, Progress } from '../packages/service/src/index.ts';
import { distributedChecks } from './test/distributed-checks.ts';
import { type Outcome, runCheck } from './test/run-check.ts';

// The tests that need real servers, one file after the other. `npm run test:distributed -- kafka faults` runs those
// whose path contains one of the words.
const root = path.join(import.meta.dirname, '..');
const results = path.join(root, 'test-results/distributed');
const progress = new Progress(process.stdout);
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!abort.signal.aborted) progress.line('\nStopping …');
    abort.abort();
  });
}

const words = process.argv.slice(2);
const files: string[] = [];
for await (const file of glob('{packages,apps,infra}/*/src/**/*.distributed-test.ts', { cwd: root })) {
  if (words.length === 0 || words.some((word) => file.includes(word))) files.push(file);
}
files.sort();
if (files.length === 0) {
  progress.fail(`No file *.distributed-test.ts${words.length > 0 ? ` has ${words.join(' or ')} in its path` : ''}.`);
  process.exit(1);
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
    const outcome = await runCheck(check);
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
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
const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
progress.line(`\nThis took ${minutes} min.\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
