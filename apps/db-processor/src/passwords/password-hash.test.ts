import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hash as hashArgon } from '@node-rs/argon2';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { createDummyHash, hashPassword, isHash, isOutdated, verifyPassword } from './password-hash.ts';

describe('password hashes', () => {
  it('are argon2id with 19 MiB, two passes and one lane, each with its own salt', async () => {
    const [one, two] = [await hashPassword('five green parrots'), await hashPassword('five green parrots')];
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
    assert.notEqual(one, two);
    assert.equal(isOutdated(one), false);
  });

  it('match their password and no other', async () => {
    const stored = await hashPassword('five green parrots');
    assert.equal(await verifyPassword(stored, 'five green parrots'), true);
    for (const other of ['five green parrot', 'five green parrots ', 'Five green parrots', '']) {
      assert.equal(await verifyPassword(stored, other), false);
    }
  });

  it('count every character of a long password', async () => {
    // bcrypt would cut these at 72 bytes and at NUL.
    for (const [long, twin] of [
      ['x'.repeat(72).concat('a'), 'x'.repeat(72).concat('b')],
      ['🦜'.repeat(64), '🦜'.repeat(63).concat('🐦')],
      ['before\0after', 'before\0later'],
    ] as const) {
      const stored = await hashPassword(long);
      assert.equal(await verifyPassword(stored, long), true);
      assert.equal(await verifyPassword(stored, twin), false);
    }
  });

  it('are the same for every Unicode form of a password', async () => {
    const stored = await hashPassword('Ame\u0301lie chante');
    assert.equal(await verifyPassword(stored, 'Am\u00e9lie chante'), true);
    assert.equal(await verifyPassword(stored, 'Amelie chante'), false);
  });

  it('of imported users verify and are outdated', async () => {
    for (const stored of [
      await hashBcrypt('five green parrots', { cost: 4, version: '2b' }),
      await hashArgon('five green parrots', { memoryCost: 1024, timeCost: 2 }),
      await hashArgon('five green parrots', { memoryCost: 19_456, timeCost: 1 }),
      await hashArgon('five green parrots', { memoryCost: 19_456, timeCost: 2, algorithm: 1 }),
    ]) {
      assert.equal(isHash(stored), true);
      assert.equal(isOutdated(stored), true);
      assert.equal(await verifyPassword(stored, 'five green parrots'), true);
      assert.equal(await verifyPassword(stored, 'five green parrot'), false);
    }
  });

  it('are told from other texts', () => {
    for (const text of ['', '!', '$2b$', '$2b$12$short', '$argon2id$', '$argon2id$v=19$m=19456,t=2,p=1$', 'plain']) {
      assert.equal(isHash(text), false, text);
    }
  });

  it('of nobody cost as much as others and match nothing', async () => {
    const dummy = await createDummyHash();
    assert.equal(isOutdated(dummy), false);
    assert.equal(await verifyPassword(dummy, ''), false);
  });
});
