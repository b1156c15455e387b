import { countNodeTests, countPlaywright, countVitest } from './count-tests.ts';
import { ensureChromium } from './ensure-chromium.ts';
import type { Check } from './run-check.ts';

// The folders whose tests Node runs; packages/ui and apps/web need a DOM and have Vitest.
const nodeTested = [
  ...['trading-core', 'testing', 'schemas', 'service', 'kafka', 'redis', 'db', 'client'].map(
    (name) => `packages/${name}/src`,
  ),
  ...['poller', 'db-processor', 'trading-engine', 'api-server', 'migrate', 'standalone'].map(
    (name) => `apps/${name}/src`,
  ),
  'infra/*/src',
  'scripts',
];

/** What `npm test` runs, in order: the quick ones first. */
export const checks: readonly Check[] = [
  { name: 'format', what: 'formatting and lint (Biome)', command: ['biome', 'ci', '.'] },
  { name: 'lint', what: 'lint with types (oxlint)', command: ['oxlint', '--type-aware'] },
  { name: 'arrows', what: 'arrows between packages', command: ['turbo', 'boundaries'] },
  { name: 'types', what: 'types (TypeScript)', command: ['turbo', 'run', 'check-types', '--output-logs=errors-only'] },
  {
    name: 'unit',
    what: 'units, contracts, properties, security',
    command: [
      'node',
      '--test',
      '--test-reporter=spec',
      '--test-concurrency=2',
      ...nodeTested.map((folder) => `${folder}/**/*.test.ts`),
    ],
    count: countNodeTests,
  },
  {
    name: 'ui',
    what: 'components of packages/ui',
    cwd: 'packages/ui',
    command: ['npx', 'vitest', 'run'],
    count: countVitest,
  },
  {
    name: 'web',
    what: 'components of apps/web',
    cwd: 'apps/web',
    command: ['npx', 'vitest', 'run'],
    count: countVitest,
  },
  {
    name: 'browser',
    what: 'journeys in a browser, accessibility',
    prepare: ensureChromium,
    cwd: 'apps/web',
    command: ['npx', 'playwright', 'test', '--reporter=list'],
    count: countPlaywright,
  },
];
