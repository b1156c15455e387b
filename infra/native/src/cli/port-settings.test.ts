import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '@repo/service';
import { namedPorts } from './port-settings.ts';

test('reads the ports that are named, and no others', () => {
  assert.deepEqual(namedPorts({ REDIS_PORT: '7000', KAFKA_PORT: ' ', HOME: '/' }), { REDIS_PORT: 7000 });
  assert.deepEqual(namedPorts({}), {});
});

test('refuses what is no port', () => {
  assert.throws(() => namedPorts({ SMTP_PORT: '70000' }), ConfigError);
});
