import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RawQuote } from '../sources/source.ts';
import { rawQuote } from '../testing/raw-quote.ts';
import { dropReasons } from './drop-reason.ts';
import { QuoteFilter } from './quote-filter.ts';

describe('update ids', () => {
  const verdicts = (quotes: readonly Partial<RawQuote>[]) => {
    const filter = new QuoteFilter();
    return quotes.map((quote) => {
      const verdict = filter.judge(rawQuote(quote));
      return typeof verdict === 'string' ? verdict : 'passed';
    });
  };
  const refused = 'non-increasing-update-id';

  test('may skip, must rise', () => {
    assert.deepEqual(
      verdicts([{ updateId: 5n }, { updateId: 9n }, { updateId: 9n }, { updateId: 7n }, { updateId: 10n }]),
      ['passed', 'passed', refused, refused, 'passed'],
    );
  });

  test('begin anew with a new connection or another market', () => {
    assert.deepEqual(
      verdicts([
        { updateId: 5n },
        { updateId: 1n, epoch: 2 },
        { updateId: 1n, epoch: 2 },
        { updateId: 1n, epoch: 2, symbol: 'SOL_USDC_PERP' },
        { updateId: 1n, epoch: 2, source: 'binance', symbol: 'SOLUSDT' },
      ]),
      ['passed', 'passed', refused, 'passed', 'passed'],
    );
  });

  test('are exact beyond the safe integers', () => {
    assert.deepEqual(verdicts([{ updateId: 9_007_199_254_740_993n }, { updateId: 9_007_199_254_740_992n }]), [
      'passed',
      refused,
    ]);
  });

  test('a crossed quote moves the numbering on, an unreadable one does not', () => {
    assert.deepEqual(
      verdicts([{ updateId: 5n, bid: '219' }, { updateId: 5n }, { updateId: 99n, bid: 'x' }, { updateId: 6n }]),
      ['crossed', refused, 'malformed', 'passed'],
    );
  });

  test('are not needed', () => {
    assert.deepEqual(verdicts([{}, {}]), ['passed', 'passed']);
  });
});

test('every quote either passes, sound, or has one reason; the same quotes get the same verdicts', () => {
  const price = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 20_000, max: 23_000 }).map((cents) => (cents / 100).toFixed(2)) },
    { weight: 1, arbitrary: fc.constantFrom('NaN', '0', '-1', '1e5', '', '1000000') },
  );
  const step = fc.record({
    bid: price,
    ask: price,
    updateId: fc.nat(200).map(BigInt),
    waitMs: fc.nat(3_000),
    reconnects: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let receivedAtMs = 0;
      let epoch = 1;
      const quotes = steps.map(({ waitMs, reconnects, ...quote }) => {
        receivedAtMs += waitMs;
        if (reconnects) epoch += 1;
        return rawQuote({ ...quote, receivedAtMs, epoch });
      });
      const run = () => {
        const filter = new QuoteFilter();
        return quotes.map((quote) => filter.judge(quote));
      };
      const verdicts = run();
      assert.deepEqual(run(), verdicts);
      const lastIds = new Map<number, bigint>();
      for (const [index, verdict] of verdicts.entries()) {
        if (typeof verdict === 'string') {
          assert.ok(dropReasons.includes(verdict));
          continue;
        }
        assert.ok(Number(verdict.bid) > 0 && Number(verdict.bid) < Number(verdict.ask));
        const quote = quotes[index];
        assert.ok(quote?.updateId !== undefined && quote.updateId > (lastIds.get(quote.epoch) ?? -1n));
        lastIds.set(quote.epoch, quote.updateId);
      }
    }),
  );
});
