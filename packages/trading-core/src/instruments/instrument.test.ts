import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDecimal, parseDecimal } from '../numbers/decimal.ts';
import { defaultInstruments } from './instrument.ts';

describe('defaultInstruments', () => {
  it('are the five of the first design, each once', () => {
    assert.deepEqual(defaultInstruments.map(({ asset }) => asset).toSorted(), [
      'BNB_USDC',
      'BTC_USDC',
      'DOGE_USDC',
      'ETH_USDC',
      'SOL_USDC',
    ]);
  });

  it('have sizes that are decimals, and a tick value of whole micro-units', () => {
    for (const { tickSize, quantityStep, asset } of defaultInstruments) {
      assert.ok(isDecimal(tickSize) && isDecimal(quantityStep), asset);
      const tickMicros = parseDecimal(tickSize, 6);
      const stepMicros = parseDecimal(quantityStep, 6);
      assert.ok(tickMicros && stepMicros, asset);
      assert.ok(Number.isSafeInteger((tickMicros * stepMicros) / 1e6) && tickMicros * stepMicros >= 1e6, asset);
    }
  });

  it('go down after they go stale', () => {
    for (const { staleAfterMs, downAfterMs } of defaultInstruments) assert.ok(downAfterMs > staleAfterMs);
  });
});
