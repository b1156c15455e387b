import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EmailSchema, OtpSchema, PasswordSchema } from './credentials.ts';

describe('EmailSchema', () => {
  it('has one form for an address', () => {
    for (const text of ['ada@example.com', 'ADA@Example.COM', '  ada@example.com ']) {
      assert.equal(EmailSchema.parse(text), 'ada@example.com');
    }
  });

  it('keeps dots and plus signs: they may be other mailboxes', () => {
    assert.equal(EmailSchema.parse('a.da+x@example.com'), 'a.da+x@example.com');
  });

  const refused: unknown[] = [
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'a b@example.com',
    'аda@example.com',
    'ada@exаmple.com',
    'ada＠example.com',
    'ada@example.com\u0000',
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    `${'a'.repeat(250)}@example.com`,
    ['ada@example.com'],
    { email: 'ada@example.com' },
    null,
    7,
  ];
  for (const value of refused) {
    it(`refuses ${JSON.stringify(value).slice(0, 50)}`, () =>
      assert.equal(EmailSchema.safeParse(value).success, false));
  }
});

describe('PasswordSchema', () => {
  it('takes any well-formed text', () => {
    for (const text of ['x', '🦜'.repeat(64), 'pässwörd mit Leerzeichen', 'a'.repeat(512)]) {
      assert.equal(PasswordSchema.parse(text), text);
    }
  });
  it('refuses NUL, broken surrogates, empty and oversize', () => {
    for (const value of ['', 'a\0b', '\ud800', 'a'.repeat(513), ['x'], { toString: 'x' }]) {
      assert.equal(PasswordSchema.safeParse(value).success, false);
    }
  });
});

describe('OtpSchema', () => {
  it('is six ASCII digits as text', () => {
    assert.equal(OtpSchema.parse('004217'), '004217');
    for (const value of ['12345', '1234567', '12345a', '１２３４５６', ' 123456', 123456, ['123456'], '123456\n']) {
      assert.equal(OtpSchema.safeParse(value).success, false, JSON.stringify(value));
    }
  });
});
