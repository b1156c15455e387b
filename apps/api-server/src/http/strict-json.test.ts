import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidJsonError, parseStrictJson } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const forbidden = ['__proto__', 'constructor', 'prototype'];
const key = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !forbidden.includes(text));

test('reads whatever JSON.stringify writes', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.constantFrom(true, false, null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(0, 2), (value, indent) => {
      assert.deepEqual(parse(JSON.stringify(value, null, indent)), value);
    }),
  );
});

test('refuses a key given twice, however it is written', () => {
  fc.assert(
    fc.property(key, fc.array(key, { maxLength: 3 }), (twice, others) => {
      const escaped = `"${Array.from(twice, escapeChar).join('')}"`;
      const rest = [...new Set(others)]
        .filter((other) => other !== twice)
        .map((other) => `${JSON.stringify(other)}:{}`);
      const members = [`${JSON.stringify(twice)}:1`, ...rest, `${escaped} :2`].join(',');
      assert.throws(() => parse(`{"outer":[{${members}}]}`), InvalidJsonError);
    }),
  );
});

test('the same key in two objects, and a value that looks like a key, are fine', () => {
  assert.deepEqual(parse('[{"a":1},{"a":"a"},{"b":{"a":"\\"a\\":"}}]'), [{ a: 1 }, { a: 'a' }, { b: { a: '"a":' } }]);
});

test('refuses keys that reach a prototype, at any depth', () => {
  for (const name of [...forbidden, '\\u005f_proto__']) {
    assert.throws(() => parse(`{"a":[{"${name}":{"admin":true}}]}`), InvalidJsonError, name);
  }
  assert.deepEqual(parse('{"a":"__proto__"}'), { a: '__proto__' });
});

test('refuses deep nesting, and survives any', () => {
  assert.doesNotThrow(() => parse(`${'['.repeat(32)}${']'.repeat(32)}`));
  assert.throws(() => parse(`${'['.repeat(33)}${']'.repeat(33)}`), InvalidJsonError);
  assert.throws(() => parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), InvalidJsonError);
});

test('refuses bytes that are not UTF-8, and a byte-order mark', () => {
  assert.throws(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22])), InvalidJsonError);
  assert.throws(() => parseStrictJson(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), InvalidJsonError, 'a surrogate');
  assert.throws(() => parse('\ufeff{}'), InvalidJsonError);
});

test('says nothing of what it read', () => {
  for (const text of [
    '{"password":"hunter2-hunter2"',
    '{"hunter2-hunter2":1,"hunter2-hunter2":2}',
    'hunter2-hunter2',
    '',
  ]) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof InvalidJsonError && !error.message.includes('hunter2'),
    );
  }
});

function escapeChar(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );
}
