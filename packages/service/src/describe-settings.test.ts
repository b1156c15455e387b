import assert from 'node:assert/strict';
import { it } from 'node:test';
import { z } from 'zod';
import { booleanSetting, integerSetting, listSetting, portSetting, secretSetting } from './config.ts';
import { describeSettings } from './describe-settings.ts';

it('says of each setting what it is, may be, and is when absent', () => {
  const schema = z.object({
    PORT: portSetting(3001).describe('Port.'),
    WAIT_MS: integerSetting(5, 1, 9).describe('Wait.'),
    WAIT_SECONDS_MAX: integerSetting(5, 1, 9).describe('Longest wait.'),
    TRIES_PER_10_SECONDS: integerSetting(5, 1, 9).describe('Tries.'),
    LOOP: booleanSetting(false).describe('Loop.'),
    ORIGINS: listSetting(['a', 'b']).describe('Origins.'),
    FILE: z.string().optional().describe('File.'),
    JWT_SECRET: secretSetting().describe('Signs.'),
    PUBLIC_KEY: secretSetting().describe('Shown.').meta({ secret: false }),
  });
  const settings = describeSettings(schema);
  const column = (key: keyof (typeof settings)[number]) => settings.map((setting) => setting[key]);
  assert.deepEqual(column('name'), Object.keys(schema.shape));
  assert.deepEqual(column('description').slice(0, 2), ['Port.', 'Wait.']);
  assert.deepEqual(column('values'), [
    'a port from 1 to 65535',
    'a whole number from 1 to 9, ms',
    'a whole number from 1 to 9, s',
    'a whole number from 1 to 9',
    'true or false',
    'a text',
    'a text',
    'a secret of at least 32 characters',
    'a secret of at least 32 characters',
  ]);
  assert.deepEqual(column('fallback'), ['3001', '5', '5', '5', 'false', 'a,b', undefined, undefined, undefined]);
  assert.deepEqual(column('required').lastIndexOf(false), 6);
  assert.deepEqual(column('secret'), [...Array(7).fill(false), true, false]);
});

it('refuses a setting that nobody described', () => {
  assert.throws(() => describeSettings(z.object({ PORT: portSetting(1) })), /^Error: PORT has no description$/);
});
