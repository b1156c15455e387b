import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import {
  booleanSetting,
  ConfigError,
  integerSetting,
  listSetting,
  loadConfig,
  portSetting,
  secretSetting,
} from './config.ts';

const schema = z.object({
  HTTP_PORT: portSetting(3001),
  WORKERS: integerSetting(2, 1, 64),
  REPLAY_LOOP: booleanSetting(false),
  WEB_ORIGINS: listSetting(['http://localhost:3000']),
  JWT_SECRET: secretSetting(),
});
const JWT_SECRET = 'x'.repeat(32);

describe('loadConfig', () => {
  it('has defaults for what is absent or empty', () => {
    assert.deepEqual(loadConfig(schema, { JWT_SECRET, HTTP_PORT: '', WORKERS: ' ' }), {
      HTTP_PORT: 3001,
      WORKERS: 2,
      REPLAY_LOOP: false,
      WEB_ORIGINS: ['http://localhost:3000'],
      JWT_SECRET,
    });
  });

  it('reads what is given and ignores the rest of the environment', () => {
    const config = loadConfig(schema, {
      JWT_SECRET,
      HTTP_PORT: '4001',
      REPLAY_LOOP: 'true',
      WEB_ORIGINS: 'a, b,',
      HOME: '/',
    });
    assert.equal(config.HTTP_PORT, 4001);
    assert.equal(config.REPLAY_LOOP, true);
    assert.deepEqual(config.WEB_ORIGINS, ['a', 'b']);
    assert.equal('HOME' in config, false);
  });

  const message = (environment: Record<string, string>): string => {
    try {
      loadConfig(schema, { JWT_SECRET, ...environment });
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
    return assert.fail('accepted');
  };

  for (const port of ['0', '65536', '-1', '80x', '1e3', '3001.5', 'http']) {
    it(`refuses the port ${port} in a sentence`, () => {
      assert.equal(message({ HTTP_PORT: port }), `HTTP_PORT is "${port}": it must be a port from 1 to 65535.`);
    });
  }

  it('names every wrong variable, each once', () => {
    const lines = message({ WORKERS: '65', REPLAY_LOOP: 'yes' }).split('\n');
    assert.deepEqual(lines, [
      'WORKERS is "65": it must be a whole number from 1 to 64.',
      'REPLAY_LOOP is "yes": it must be true or false.',
    ]);
  });

  it('never shows a secret', () => {
    assert.equal(
      message({ JWT_SECRET: 'short' }),
      'JWT_SECRET is wrong: a secret of at least 32 characters is needed.',
    );
    assert.throws(
      () => loadConfig(schema, {}),
      /JWT_SECRET is not set: a secret of at least 32 characters is needed\./,
    );
  });
});
