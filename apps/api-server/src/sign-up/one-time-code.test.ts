import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OtpSchema } from '@repo/schemas';
import { createCode, hashCode } from './one-time-code.ts';

test('codes are six digits, leading zeros kept, and do not repeat themselves', () => {
  const codes = Array.from({ length: 5_000 }, createCode);
  for (const code of codes) assert.equal(OtpSchema.safeParse(code).success, true, code);
  assert.ok(new Set(codes).size > 4_900);
  assert.ok(codes.some((code) => code.startsWith('0')));
});

test('a kept code is bound to its secret and its address', () => {
  const kept = hashCode('secret-a', 'signup', 'ada@example.com', '123456');
  assert.match(kept, /^[0-9a-f]{64}$/);
  assert.equal(hashCode('secret-a', 'signup', 'ada@example.com', '123456'), kept);
  assert.notEqual(hashCode('secret-b', 'signup', 'ada@example.com', '123456'), kept);
  assert.notEqual(hashCode('secret-a', 'signup', 'bob@example.com', '123456'), kept);
  assert.notEqual(hashCode('secret-a', 'signup', 'ada@example.com', '123457'), kept);
});
