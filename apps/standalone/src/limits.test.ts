import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { apiServerConfigSchema } from '@repo/api-server';
import { dbProcessorConfigSchema } from '@repo/db-processor';
import { pollerConfigSchema } from '@repo/poller';

const page = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
const rows = page.matchAll(/^\| (.+?) \| (\S+) \| `([A-Z0-9_]+)` \|$/gm);
const settings: Readonly<Record<string, { safeParse(value: undefined): { data?: unknown } }>> = {
  ...apiServerConfigSchema.shape,
  ...dbProcessorConfigSchema.shape,
  ...pollerConfigSchema.shape,
};

describe('docs/limits.md', () => {
  const documented = new Set<string>();
  for (const [, what, value, name] of rows) {
    documented.add(name ?? '');
    it(`${name}: ${what} is ${value}`, () => {
      assert.equal(String(settings[name ?? '']?.safeParse(undefined).data), value);
    });
  }

  it('has a row for each limit that can be set', () => {
    const limits = Object.keys(settings).filter((name) => /_PER_|_MAX$|_MIN$|TRIES|_SECONDS$/.test(name));
    const missing = limits.filter((name) => !documented.has(name) && !['HOUSEKEEPING_INTERVAL_SECONDS'].includes(name));
    assert.deepEqual(missing, []);
  });
});
