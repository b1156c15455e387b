import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { isEd25519PublicKey } from './ed25519-public-key.ts';

const ofHex = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
const newKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';

describe('an Ed25519 public key', () => {
  it('is any that is generated', () => {
    for (let count = 0; count < 50; count += 1) assert.equal(isEd25519PublicKey(newKey()), true);
  });

  it('is that of RFC 8032, 7.1', () => {
    const key = ofHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    assert.equal(isEd25519PublicKey(key), true);
  });

  // https://eprint.iacr.org/2020/1244, table 6: points of small order in every encoding, the non-canonical included.
  const smallOrder = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '0000000000000000000000000000000000000000000000000000000000000000',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ];
  for (const hex of smallOrder) {
    it(`is not ${hex}, of small order`, () => assert.equal(isEd25519PublicKey(ofHex(hex)), false));
  }

  const key = newKey();
  const others: Record<string, string> = {
    'a point that is not on the curve': ofHex(`02${'00'.repeat(31)}`),
    'a number beyond the field': ofHex('ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
    nothing: '',
    '31 bytes': Buffer.alloc(31, 7).toString('base64url'),
    '33 bytes': Buffer.alloc(33, 7).toString('base64url'),
    'with padding': `${key}=`,
    'in hex': Buffer.from(key, 'base64url').toString('hex'),
    'with a line break': `${key}\n`,
    'another spelling of the same bytes': `${key.slice(0, -1)}${String.fromCharCode(key.charCodeAt(42) + 1)}`,
  };
  for (const [what, text] of Object.entries(others)) {
    it(`is not ${what}`, () => assert.equal(isEd25519PublicKey(text), false));
  }
});
