import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLocalHost } from './local-host.ts';

test('names that cannot be pointed elsewhere are local', () => {
  for (const host of [
    'localhost',
    'localhost:3001',
    '127.0.0.1:3001',
    '[::1]:3001',
    '192.168.1.5:3001',
    'desk.example',
  ]) {
    assert.equal(isLocalHost(host, ['desk.example']), true, host);
  }
});

test('other names are not', () => {
  for (const host of ['evil.example:3001', 'localhost.evil.example', '127.0.0.1.evil.example', '', 'a b', undefined]) {
    assert.equal(isLocalHost(host, ['desk.example']), false, String(host));
  }
});
