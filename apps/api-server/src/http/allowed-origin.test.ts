import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowedOrigin } from './allowed-origin.ts';

const allowed = new Set(['https://trade.example', 'http://localhost:3000']);

test('an origin on the list is allowed', () => {
  assert.equal(isAllowedOrigin({ origin: 'https://trade.example' }, allowed), true);
});

test('anything like it is not', () => {
  for (const origin of [
    'null',
    '',
    'https://trade.example.evil.example',
    'https://evil-trade.example',
    'https://trade.exampl',
    'https://trade.example/',
    'https://TRADE.example',
    'https://trade.example:443',
    'http://trade.example',
    'https://trade.example, https://trade.example',
    'https://sub.trade.example',
    'http://localhost:3001',
    'http://localhost',
    'http://127.0.0.1:3000',
  ]) {
    assert.equal(isAllowedOrigin({ origin, 'sec-fetch-site': 'same-origin' }, allowed), false, origin);
  }
});

test('without an origin only the browser’s word for the same origin counts', () => {
  assert.equal(isAllowedOrigin({ 'sec-fetch-site': 'same-origin' }, allowed), true);
  for (const site of ['same-site', 'cross-site', 'none', undefined]) {
    assert.equal(isAllowedOrigin(site === undefined ? {} : { 'sec-fetch-site': site }, allowed), false, String(site));
  }
});
