import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Price } from '@repo/schemas';
import { AssetSequences } from './asset-sequences.ts';

function cachedPrice(sequence: number): Price {
  const quote = { bid: '1', ask: '2', price: 1.5, timestamp: 0, status: 'live', source: 'replay' } as const;
  return { asset: 'SOL_USDC', sequence, ...quote };
}

test('each asset rises by itself', () => {
  const sequences = new AssetSequences(['SOL_USDC', 'BTC_USDC'], [], 1_000);
  assert.deepEqual(
    [sequences.take('SOL_USDC'), sequences.take('SOL_USDC'), sequences.take('BTC_USDC')],
    [1_000_001, 1_000_002, 1_000_001],
  );
});

test('a restart is above the run before: a lost cache, a clock set back', () => {
  const now = Date.now();
  const before = new AssetSequences(['SOL_USDC'], [], now);
  const last = Array.from({ length: 100 }, () => before.take('SOL_USDC')).at(-1) ?? 0;
  assert.ok(new AssetSequences(['SOL_USDC'], [], now + 1).take('SOL_USDC') > last);
  assert.ok(new AssetSequences(['SOL_USDC'], [cachedPrice(last)], now - 86_400_000).take('SOL_USDC') > last);
});

test('it stays a safe integer for centuries', () => {
  const sequences = new AssetSequences(['SOL_USDC'], [], Date.UTC(2200, 0));
  assert.ok(Number.isSafeInteger(sequences.take('SOL_USDC') + 1_000_000_000));
});
