import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

/** What the module and all it imports from this folder import from elsewhere. */
async function outsideImports(file: URL, seen = new Set<string>()): Promise<Set<string>> {
  const outside = new Set<string>();
  if (seen.has(file.href)) return outside;
  seen.add(file.href);
  for (const [, specifier = ''] of (await readFile(file, 'utf8')).matchAll(/^(?:im|ex)port [^;]*?from '([^']+)'/gm)) {
    if (!specifier.startsWith('.')) outside.add(specifier);
    else for (const one of await outsideImports(new URL(specifier, file), seen)) outside.add(one);
  }
  return outside;
}

describe('the main entry', () => {
  it('needs nothing that a browser lacks', async () => {
    const outside = await outsideImports(new URL('./index.ts', import.meta.url));
    assert.deepEqual([...outside].toSorted(), ['@repo/schemas', '@repo/trading-core', 'zod']);
  });
});
