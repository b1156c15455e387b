import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from '../../packages/service/src/index.ts';
import { generatedFiles } from './generated-files.ts';
import { programs } from './programs.ts';
import { settingsOf } from './settings-of.ts';

const root = path.join(import.meta.dirname, '../..');
const files = generatedFiles();

/** A value for everything that is needed, as an operator would fill it in. */
const samples: Readonly<Record<string, string>> = {
  JWT_SECRET: 'j'.repeat(32),
  REFRESH_SECRET: 'r'.repeat(32),
  OTP_SECRET: 'o'.repeat(32),
  SEALING_PUBLIC_KEY: `'{"kty":"OKP","crv":"X25519","x":"${'x'.repeat(43)}"}'`,
  SEALING_PRIVATE_KEY: `'{"kty":"OKP","crv":"X25519","d":"${'d'.repeat(43)}"}'`,
  KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
  REDIS_URL: 'rediss://app:secret@redis:6379/0',
  DATABASE_URL: 'postgres://role:secret@postgres:5432/cfd?sslmode=verify-full',
  SMTP_URL: 'smtp://user:secret@mail:587',
  DB_PROCESSOR_PASSWORD: 'p'.repeat(32),
  API_SERVER_PASSWORD: 'q'.repeat(32),
  POLLER_PASSWORD: 's'.repeat(32),
  TRADING_ENGINE_PASSWORD: 't'.repeat(32),
};

describe('what is made from the schemas', () => {
  for (const [file, text] of files) {
    it(`${file} is up to date (npm run docs:config)`, async () => {
      assert.equal(await readFile(path.join(root, file), 'utf8'), text);
    });
  }
});

it('knows every program that reads settings', async () => {
  const loading: string[] = [];
  for await (const file of glob('{apps,packages,infra}/*/{src/**/*,*}.ts', { cwd: root })) {
    if (/test\.ts$|\/(?:testing|faults|messages)\/|^infra\/processes\/src\/trading\//.test(file)) continue;
    if (/\bloadConfig\(\s*\w/.test(await readFile(path.join(root, file), 'utf8'))) loading.push(file);
  }
  // infra:up tells the mail sink its ports.
  const mailSink = 'infra/native/src/smtp/main.ts';
  assert.deepEqual(new Set(loading), new Set([...programs.flatMap(({ loadedBy }) => loadedBy), mailSink]));
});

for (const program of programs) {
  describe(program.title, () => {
    it('shows every schema that the program loads', async () => {
      const sources = await Promise.all(program.loadedBy.map((file) => readFile(path.join(root, file), 'utf8')));
      const loaded = [...sources.join('\n').matchAll(/\bloadConfig\(\s*(\w+)/g)].map(([, name]) => name);
      assert.deepEqual(new Set(loaded), new Set(Object.keys(program.schemas)));
    });

    it('hides secrets when it refuses them', () => {
      for (const { name, secret } of settingsOf(program)) {
        if (!secret) continue;
        for (const schema of Object.values(program.schemas)) {
          try {
            loadConfig(schema, { ...samples, [name]: 'seen-by-all' });
          } catch (error) {
            assert.ok(error instanceof ConfigError);
            assert.ok(!error.message.includes('seen-by-all'), error.message);
          }
        }
      }
    });

    const { folder } = program;
    if (folder === undefined) return;
    const example = files.get(`${folder}/.env.example`) ?? '';
    const settings = settingsOf(program);
    const needed = settings.filter(({ required }) => required).map(({ name }) => name);
    const load = (environment: Readonly<Record<string, string | undefined>>) =>
      Object.values(program.schemas).map((schema) => loadConfig(schema, environment));

    it('has an .env.example that runs once it is filled in', () => {
      const filled = example.replace(/^([A-Z_0-9]+)=$/gm, (_, name: string) => `${name}=${samples[name]}`);
      assert.deepEqual(new Set(Object.keys(parseEnv(filled))), new Set(needed));
      const own = Object.fromEntries(
        (program.ownChoice ?? []).map((name) => [name, parseEnv(`A=${samples[name] ?? ''}`).A]),
      );
      load({ ...own, ...parseEnv(filled) });
      if (needed.length > 0) assert.throws(() => load({ ...own, ...parseEnv(example) }), /is not set/);
    });

    it('has the defaults in its .env.example', () => {
      const uncommented = parseEnv(example.replace(/^#([A-Z_0-9]+=)/gm, '$1'));
      assert.deepEqual(new Set(Object.keys(uncommented)), new Set(settings.map(({ name }) => name)));
      const { defaults } = program;
      const given = Object.fromEntries(Object.entries(samples).map(([name, text]) => [name, parseEnv(`A=${text}`).A]));
      assert.deepEqual(load({ ...uncommented, ...given }), load({ ...defaults, ...given }));
    });
  });
}
