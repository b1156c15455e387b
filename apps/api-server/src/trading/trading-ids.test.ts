import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAccountId, namedAccountId, namedCommandId } from './trading-ids.ts';

const user = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';

test('ids are what they were in every version: another would do things twice', () => {
  assert.equal(firstAccountId(user), 'e4d0b8b3-b428-5a57-b633-99790acd21d5');
  assert.equal(namedAccountId(user, 'second'), '3a48b78b-7a37-5002-b930-cf3e573c00ae');
  assert.equal(namedCommandId(user, 'deposit', 'one', 0), 'bd0c2448-51d3-5a7e-b3f1-72a5cd55abee');
});

test('what differs in anything has another id', () => {
  const ids = [
    firstAccountId(user),
    namedAccountId(user, 'a'),
    namedAccountId(user, 'b'),
    namedCommandId(user, 'deposit', 'a', 0),
    namedCommandId(user, 'deposit', 'a', 1),
    namedCommandId(user, 'deposit', '1:a', 0),
    namedCommandId(user, 'withdraw', 'a', 0),
    namedCommandId(firstAccountId(user), 'deposit', 'a', 0),
  ];
  assert.equal(new Set(ids).size, ids.length);
});
