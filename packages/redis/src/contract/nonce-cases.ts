import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { NonceStore } from '../port.ts';
import { longMs, newName, until } from './helpers.ts';

/** Nonces. */
export function nonceCases(nonces: () => NonceStore): void {
  const use = (owner: string, nonce: string, keepMs = longMs) => nonces().use(owner, nonce, Date.now(), keepMs);

  it('lets a nonce be used once', async () => {
    const [owner, nonce] = [newName(), newName()];
    assert.equal(await use(owner, nonce), true);
    assert.equal(await use(owner, nonce), false);
    assert.equal(await use(owner, nonce), false);
  });

  it('lets exactly one of many use it', async () => {
    const [owner, nonce] = [newName(), newName()];
    const results = await Promise.all(Array.from({ length: 100 }, () => use(owner, nonce)));
    assert.equal(results.filter(Boolean).length, 1);
  });

  it('knows the nonces of each owner apart', async () => {
    const nonce = newName();
    assert.equal(await use(newName(), nonce), true);
    assert.equal(await use(newName(), nonce), true);
  });

  it('forgets a nonce in time', async () => {
    const [owner, nonce] = [newName(), newName()];
    assert.equal(await use(owner, nonce, 50), true);
    await until('it is forgotten', () => use(owner, nonce, 50));
  });
}
