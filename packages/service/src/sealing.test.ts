import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Sealed, SealedSchema } from '@repo/schemas';
import { createSeal, createUnseal, generateSealingKeys } from './sealing.ts';

describe('sealing', () => {
  it('opens with the private key alone', async () => {
    const keys = await generateSealingKeys();
    const others = await generateSealingKeys();
    const seal = await createSeal(keys.publicKey);
    const sealed = await seal('pässwörd 🦜');
    assert.equal(SealedSchema.safeParse(sealed).success, true);
    assert.equal(await (await createUnseal(keys.privateKey))(sealed), 'pässwörd 🦜');
    await assert.rejects((await createUnseal(others.privateKey))(sealed));
    await assert.rejects(createUnseal(keys.publicKey).then((unseal) => unseal(sealed)));
  });

  it('is different each time, and does not open when altered', async () => {
    const keys = await generateSealingKeys();
    const seal = await createSeal(keys.publicKey);
    const unseal = await createUnseal(keys.privateKey);
    const [one, two] = await Promise.all([seal('same'), seal('same')]);
    assert.notEqual(one, two);
    const parts = one.split('.');
    const cipher = parts[3] ?? '';
    parts[3] = (cipher.startsWith('A') ? 'B' : 'A') + cipher.slice(1);
    await assert.rejects(unseal(parts.join('.') as Sealed));
  });

  it('takes no other algorithm', async () => {
    const keys = await generateSealingKeys();
    const unseal = await createUnseal(keys.privateKey);
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM' })).toString('base64url');
    await assert.rejects(
      unseal(`${header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA` as Sealed),
      /not allowed|Algorithm/i,
    );
  });
});
