import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RefusalCode, refusals, refuse } from '@repo/trading-core';
import { explainRefusal } from '../explain-refusal.ts';
import { figureKinds, limitKinds, presentFigures } from './present-figures.ts';

const core = join(import.meta.dirname, '../../../../../packages/trading-core/src');

/** The text of every `refuse(…)` and `refuseLimit(…)` of the core, balanced to its end. */
async function refusalsOfCore(): Promise<{ readonly code: string; readonly figures: readonly string[] }[]> {
  const files = (await readdir(core, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'),
  );
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(core, file), 'utf8');
      return Array.from(text.matchAll(/\brefuse\('([a-z-]+)'(?:, \{([^{}]*)\})?/g), ([, code = '', body = '']) => ({
        code,
        figures: Array.from(body.matchAll(/(?:^|,)\s*([a-zA-Z]+)(?=\s*(?:[:,]|$))/g), ([, name = '']) => name),
      }));
    }),
  );
  return found.flat();
}

test('every figure of every refusal of the core has a unit', async () => {
  const all = await refusalsOfCore();
  assert.deepEqual(
    new Set(all.map(({ code }) => code)),
    new Set(Object.keys(refusals)),
    'each code is found in the core',
  );
  for (const { code, figures } of all) {
    for (const figure of figures) assert.ok(figure in figureKinds[code as RefusalCode], `${code}: ${figure}`);
  }
  const text = await readFile(join(core, 'limits/check-exposure.ts'), 'utf8');
  const placing = await readFile(join(core, 'orders/place-order.ts'), 'utf8');
  const limits = Array.from(`${text}${placing}`.matchAll(/refuseLimit\('([a-z-]+)'/g), ([, limit = '']) => limit);
  assert.deepEqual(new Set(limits), new Set(Object.keys(limitKinds)));
});

test('figures are told in the units of the wire', () => {
  const context = { shard: 7, asset: 'SOL_USDC', asked: { quantity: '1.005', stopLoss: '90.005' } };
  const present = (code: RefusalCode, figures: Record<string, number | string | null>) =>
    presentFigures(refuse(code, figures), context);
  assert.deepEqual(present('order-not-open', { orderId: 42 }), { orderId: '7-42' });
  assert.deepEqual(present('quantity-not-a-step', { quantity: 100.5 }), { quantity: '1.005' });
  assert.deepEqual(present('price-not-a-tick', { field: 'stopLoss', price: 9_000.5, min: 1, max: 10_000_000 }), {
    field: 'stopLoss',
    price: '90.005',
    min: '0.01',
    max: '100000.00',
  });
  assert.deepEqual(present('slippage-exceeded', { seenPrice: 10_050, price: 10_001, slippageMax: 10 }), {
    seenPrice: '100.50',
    price: '100.01',
    maxSlippage: '0.10',
  });
  assert.deepEqual(present('insufficient-margin', { freeMargin: -1, equity: 5_000_000 }), {
    freeMargin: '-0.000001',
    equity: '5.00',
  });
  const limit = (name: string) => present('exposure-limit', { limit: name, current: 200, added: 1, max: 200 });
  assert.deepEqual(limit('account-positions'), { limit: 'account-positions', current: 200, added: 1, max: 200 });
  assert.deepEqual(limit('instrument-net-quantity').added, '0.01');
  assert.deepEqual(limit('account-notional').added, '0.000001');
  assert.deepEqual(present('price-not-live', { asset: 'BTC_USDC', status: 'stale' }), {
    asset: 'BTC_USDC',
    status: 'stale',
  });
  assert.deepEqual(present('amount-too-large', { notional: 1e22, max: Number.MAX_SAFE_INTEGER }), {
    notional: '10000000000000000',
    max: '9007199254.740991',
  });
});

test('what cannot be told in the units of the wire is left out, and never told in others', () => {
  const kept = presentFigures(refuse('quantity-below-minimum', { quantity: 5, min: 10 }), { shard: 1 });
  assert.deepEqual(kept, {});
  const unknown = presentFigures(refuse('level-on-wrong-side', { field: 'stopLoss', level: 5, price: 6 }), {
    shard: 1,
    asset: 'NO_SUCH',
  });
  assert.deepEqual(unknown, { field: 'stopLoss' });
  assert.deepEqual(
    presentFigures(refuse('quantity-not-a-step', { quantity: null }), { shard: 1, asset: 'SOL_USDC' }),
    {},
  );
});

test('every refusal is a sentence with its figures', () => {
  for (const [code, kinds] of Object.entries(figureKinds)) {
    const figures = Object.fromEntries(
      Object.keys(kinds).map((name) => [name === 'slippageMax' ? 'maxSlippage' : name, 'X']),
    );
    const sentence = explainRefusal(code as RefusalCode, figures);
    assert.match(sentence, /^[A-Z].*\.$/, code);
    assert.doesNotMatch(sentence, /unknown/, code);
  }
});
