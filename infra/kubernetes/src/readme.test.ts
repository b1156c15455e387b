import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createSecrets, loadConfig } from '@repo/service';
import { programs } from './testing/programs.ts';
import { chartDir } from './values-files.ts';

const run = promisify(execFile);
const root = path.join(chartDir, '../../..');

describe('the commands of the README', () => {
  let directory: string;
  /** By the name of the Secret, its variables. */
  const secrets = new Map<string, Readonly<Record<string, string>>>();

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-readme-'));
    const readme = await readFile(path.join(chartDir, 'README.md'), 'utf8');
    const [script] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
      text.includes('create secret') ? [text] : [],
    );
    assert.ok(script);
    await program('kubectl', 'printf "%s\\0" "$@" end >> calls');
    // npm finds its package in the folder it is called in, which is not this one.
    await program('npm', `exec '${process.execPath}' '${path.join(root, 'scripts/print-secrets.ts')}'`);
    await run('sh', ['-eu', '-c', script], { cwd: directory, env: { PATH: `${directory}:${process.env.PATH}` } });
    const calls = await readFile(path.join(directory, 'calls'), 'utf8');
    for (const call of calls.split('\0end\0')) collect(call.split('\0'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function program(name: string, body: string): Promise<void> {
    const file = path.join(directory, name);
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
  }

  function collect(call: readonly string[]): void {
    const name = call.find((word) => word.startsWith('cfd-broker-'));
    if (name === undefined) return;
    assert.deepEqual(call.slice(0, 5), ['--namespace', 'trading', 'create', 'secret', 'generic']);
    const literals = call.flatMap((word) => /^--from-literal=(\w+)=(.+)$/.exec(word)?.slice(1, 3) ?? []);
    const pairs = literals.flatMap((text, index) => (index % 2 === 0 ? [[text, literals[index + 1] ?? '']] : []));
    secrets.set(name, Object.fromEntries(pairs));
  }

  for (const { component, secrets: names, schemas } of programs) {
    if (names.length === 0) continue;
    it(`make the Secret of ${component}, and it is one that it starts with`, () => {
      const made = secrets.get(`cfd-broker-${component}`) ?? {};
      assert.deepEqual(Object.keys(made).sort(), [...names].sort());
      const environment = { ...made, KAFKA_BROKERS: 'kafka:9092' };
      for (const schema of schemas) loadConfig(schema, environment);
      const role = component === 'migrate' ? 'owner' : component.replace('-', '_');
      assert.equal(new URL(made.DATABASE_URL ?? '').username, role);
    });
  }

  it('give the roles the passwords that the services sign in with', async () => {
    const migrate = secrets.get('cfd-broker-migrate') ?? {};
    const passwords = Object.keys(await createSecrets()).filter((name) => name.endsWith('_PASSWORD'));
    assert.deepEqual(Object.keys(migrate).sort(), ['DATABASE_URL', ...passwords].sort());
    for (const name of passwords) {
      const component = name.replace('_PASSWORD', '').toLowerCase().replace('_', '-');
      const url = new URL(secrets.get(`cfd-broker-${component}`)?.DATABASE_URL ?? '');
      assert.ok(url.password.length >= 32);
      assert.equal(url.password, migrate[name]);
    }
  });
});
