import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  backpackFrame,
  binanceCombinedFrame,
  recordedBackpackError,
  recordedBackpackFrame,
  recordedBinanceFrame,
} from '../testing/frames.ts';
import { readBookTickerFrame } from './book-ticker-frame.ts';

test('quotes of both exchanges', () => {
  assert.deepEqual(readBookTickerFrame(recordedBackpackFrame), {
    kind: 'quote',
    symbol: 'SOL_USDC',
    bid: '218.58',
    ask: '218.61',
    updateId: 1802083092n,
  });
  const binance = { kind: 'quote', symbol: 'BNBUSDT', bid: '25.35190000', ask: '25.36520000', updateId: 400900217n };
  assert.deepEqual(readBookTickerFrame(recordedBinanceFrame), binance);
  assert.deepEqual(
    readBookTickerFrame(binanceCombinedFrame('BNBUSDT', '25.35190000', '25.36520000', 400900217)),
    binance,
  );
});

test('the update id is a number or a string of digits', () => {
  const updateId = (u: number | string) => {
    const frame = readBookTickerFrame(backpackFrame('SOL_USDC', '1', '2', u));
    return frame.kind === 'quote' ? frame.updateId : frame.kind;
  };
  assert.equal(updateId('1802083092'), 1802083092n);
  assert.equal(updateId('9007199254740993'), 9007199254740993n);
  for (const wrong of [1.5, -1, '-1', '', '1e3', 'abc', '9'.repeat(30)]) assert.equal(updateId(wrong), 'malformed');
});

test('errors, notices and nonsense are told apart', () => {
  assert.deepEqual(readBookTickerFrame(recordedBackpackError), { kind: 'error', message: '4006 Invalid stream' });
  assert.deepEqual(readBookTickerFrame('{"code":2,"msg":"Invalid request","id":1}'), {
    kind: 'error',
    message: '2 Invalid request',
  });
  assert.deepEqual(readBookTickerFrame('{"result":null,"id":1}'), { kind: 'notice' });
  const nonsense = [
    '',
    'hello',
    '{',
    'null',
    '17',
    '[]',
    '{}',
    '{"data":null}',
    '{"data":{"s":"SOL_USDC","b":1,"a":2,"u":3}}',
    '{"s":"SOL_USDC","b":"1","u":3}',
    '{"s":"","b":"1","a":"2","u":3}',
  ];
  for (const text of nonsense) assert.deepEqual(readBookTickerFrame(text), { kind: 'malformed' }, text);
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof readBookTickerFrame(text).kind === 'string'),
  );
});
