import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpreadGuard } from './spread-guard.ts';

const MARKET = 'backpack:SOL_USDC';

function settled(spread: number): SpreadGuard {
  const guard = new SpreadGuard();
  for (let count = 0; count < 101; count += 1) assert.ok(guard.accepts(MARKET, spread, 200));
  return guard;
}

test('20 times the median passes, more does not', () => {
  const guard = settled(0.03);
  assert.equal(guard.accepts(MARKET, 0.6, 200), true);
  assert.equal(guard.accepts(MARKET, 0.61, 200), false);
});

test('a spread within 5 basis points of the price passes, however tight the market was', () => {
  const guard = settled(0.001);
  assert.equal(guard.accepts(MARKET, 0.1, 200), true);
  assert.equal(guard.accepts(MARKET, 0.11, 200), false);
});

test('a market that stays wide is believed after half a window', () => {
  const guard = settled(0.03);
  let refused = 0;
  while (!guard.accepts(MARKET, 5, 200)) refused += 1;
  assert.equal(refused, 51);
  assert.equal(guard.accepts(MARKET, 5, 200), true);
});

test('another market is judged by its own spreads', () => {
  const guard = settled(0.03);
  assert.equal(guard.accepts('backpack:SOL_USDC_PERP', 5, 200), true);
});
