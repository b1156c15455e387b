import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPasswordWeakness, normalizePassword, passwordLengthMax } from './password-policy.ts';

const email = 'ada.lovelace@example.com';
const common = new Set(['correcthorsebatterystaple']);

const cases: readonly [password: string, weakness: ReturnType<typeof findPasswordWeakness>][] = [
  ['five green parrots sing', undefined],
  ['abcdefghijk', 'password-too-short'],
  ['abcdefghijkl', undefined],
  ['🦜'.repeat(5), 'password-too-short'],
  ['🦜🐢🐇🐟🐌🐝🦋🐞🐜🦗🦂🐍', undefined],
  [`${'ab1'.repeat(42)}cd`, undefined],
  [`${'ab1'.repeat(43)}`, 'password-too-long'],
  ['CorrectHorseBatteryStaple', 'password-common'],
  ['aaaaaaaaaaaaaa', 'password-common'],
  ['121212121212', 'password-common'],
  ['my cfd-broker login', 'password-contains-name'],
  ['CFDBroker forever', 'password-contains-name'],
  ['ada.lovelace rules', 'password-contains-address'],
  ['xx ADA.Lovelace@example.com', 'password-contains-address'],
];

describe('findPasswordWeakness', () => {
  for (const [password, weakness] of cases) {
    it(`${password.slice(0, 30)} → ${weakness ?? 'accepted'}`, () => {
      assert.equal(findPasswordWeakness(password, email, common), weakness);
    });
  }

  it('counts code points after NFC, not bytes or UTF-16 units', () => {
    assert.equal(findPasswordWeakness('🦜🐢'.repeat(passwordLengthMax / 2), 'a@b.cd'), 'password-common');
    assert.equal(findPasswordWeakness(`x${'🦜🐢'.repeat(passwordLengthMax / 2)}`, 'a@b.cd'), 'password-too-long');
    assert.equal(findPasswordWeakness('e\u0301'.repeat(6), 'a@b.cd'), 'password-too-short');
  });

  it('judges a password before there is an address', () => {
    assert.equal(findPasswordWeakness('a long walk home', ''), undefined);
  });

  it('does not take a short local part for the address', () => {
    assert.equal(findPasswordWeakness('a long walk home', 'al@example.com'), undefined);
  });
});

describe('normalizePassword', () => {
  it('makes one of two spellings', () => assert.equal(normalizePassword('e\u0301'), normalizePassword('\u00e9')));
});
