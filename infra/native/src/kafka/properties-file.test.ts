import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propertiesFile } from './properties-file.ts';

test('writes one property a line, in the order given', () => {
  assert.equal(
    propertiesFile({ 'node.id': 1, auto: false, 'log.dirs': '/tmp/a b' }),
    'node.id=1\nauto=false\nlog.dirs=/tmp/a b\n',
  );
});

test('escapes what the format would take for something else', () => {
  assert.equal(propertiesFile({ 'a=b:c d#': 'x=y' }), 'a\\=b\\:c\\ d\\#=x=y\n');
  assert.equal(propertiesFile({ path: 'C:\\new' }), 'path=C:\\\\new\n');
  assert.equal(propertiesFile({ lines: 'one\ntwo\ttab' }), 'lines=one\\ntwo\\ttab\n');
  assert.equal(propertiesFile({ lead: '  two' }), 'lead=\\  two\n');
  assert.equal(propertiesFile({ name: 'Ünïcode €' }), 'name=\\u00dcn\\u00efcode \\u20ac\n');
});
