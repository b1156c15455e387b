import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRefreshTokens } from './refresh-token.ts';

const tokens = createRefreshTokens('a-secret-of-the-tests-0123456789abcdef');
const claims = fc.record({ sessionId: fc.uuid(), generation: fc.nat(1_000_000) }, { noNullPrototype: true });

test('says what it was made of', () => {
  fc.assert(fc.property(claims, (made) => assert.deepEqual(tokens.read(tokens.derive(made)), made)));
});

test('is the same each time, so that a lost answer can be given again', () => {
  fc.assert(fc.property(claims, (made) => assert.equal(tokens.derive(made), tokens.derive(made))));
});

test('is worth nothing with any other id, generation or secret', () => {
  fc.assert(
    fc.property(claims, claims, (made, other) => {
      fc.pre(made.sessionId !== other.sessionId || made.generation !== other.generation);
      const signature = tokens.derive(made).split('.')[2];
      assert.equal(tokens.read(`${other.sessionId}.${other.generation}.${signature}`), undefined);
      const foreign = createRefreshTokens('another-secret-of-the-tests-0123456789').derive(made);
      assert.equal(tokens.read(foreign), undefined);
    }),
  );
});

test('no text makes it throw', () => {
  const made = tokens.derive({ sessionId: '6f1f64a6-5b1c-4a0c-9d53-0c2f3f1f8a11', generation: 3 });
  const [id, generation, signature] = made.split('.');
  for (const text of [
    '',
    '..',
    `${id}.${generation}.`,
    `${id}.0${generation}.${signature}`,
    `${id}.-1.${signature}`,
    `${id}.3e0.${signature}`,
    `${id?.toUpperCase()}.${generation}.${signature}`,
    `${made}.`,
    `${made}\n`,
    `${id}.${generation}.${'é'.repeat(43)}`,
  ]) {
    assert.equal(tokens.read(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => assert.equal(tokens.read(text), undefined)));
});
