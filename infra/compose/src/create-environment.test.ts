import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseEnv } from 'node:util';
import { createEnvironment } from './create-environment.ts';

describe('the secrets of an installation', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-compose-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('are made once, long, each its own, for the owner of the file alone', async () => {
    const file = path.join(directory, 'new');
    const added = await createEnvironment(file);
    const text = await readFile(file, 'utf8');
    const values = parseEnv(text);
    assert.deepEqual(Object.keys(values).sort(), [...added].sort());
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(new Set(Object.values(values)).size, added.length);
    for (const [name, value = ''] of Object.entries(values)) assert.ok(value.length >= 32, name);
    assert.equal((JSON.parse(values.SEALING_PRIVATE_KEY ?? '') as { kty: string }).kty, 'OKP');

    assert.deepEqual(await createEnvironment(file), []);
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('are added to what is there', async () => {
    const file = path.join(directory, 'old');
    await writeFile(file, 'WEB_PORT=4000\nJWT_SECRET=mine\nOTP_SECRET=', { mode: 0o644 });
    const added = await createEnvironment(file);
    const values = parseEnv(await readFile(file, 'utf8'));
    assert.equal(values.WEB_PORT, '4000');
    assert.equal(values.JWT_SECRET, 'mine');
    assert.ok(!added.includes('JWT_SECRET') && added.includes('OTP_SECRET'));
    assert.ok((values.OTP_SECRET ?? '').length >= 32);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });
});
