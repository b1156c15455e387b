import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDecimal } from '../numbers/decimal.ts';
import { ticks } from '../numbers/units.ts';
import { plainTerms } from '../testing/book.ts';
import { markUpQuote } from './mark-up-quote.ts';

const termsOf = (spreadMin: number, markUpPpm: number) => ({ ...plainTerms, spreadMin: ticks(spreadMin), markUpPpm });

describe('markUpQuote', () => {
  // Tick size, least spread, mark-up in ppm, the source's prices; what clients see, in ticks.
  for (const [what, tickSize, spreadMin, ppm, bid, ask, clientBid, clientAsk] of [
    ['leaves a quote on ticks as it is', '0.01', 0, 0, '195.82', '195.83', 19_582, 19_583],
    ['leaves a spread of nothing', '1', 0, 0, '100', '100', 100, 100],
    ['goes outwards to whole ticks', '1', 0, 0, '100.5', '100.5', 100, 101],
    ['takes a source finer than the tick', '0.01', 0, 0, '195.8249', '195.8251', 19_582, 19_583],
    ['takes a source of eight digits', '0.1', 0, 0, '61837.63000001', '61837.64000001', 618_376, 618_377],
    ['takes a source coarser than the tick', '0.01', 0, 0, '195', '196', 19_500, 19_600],
    ['takes sides with other numbers of digits', '0.01', 0, 0, '195.8', '195.81', 19_580, 19_581],
    // Mid 195.825, half 0.01: 195.815 and 195.835.
    ['widens to the least spread', '0.01', 2, 0, '195.82', '195.83', 19_581, 19_584],
    ['widens to an odd least spread', '0.01', 3, 0, '195.82', '195.83', 19_581, 19_584],
    ['widens about the mid', '0.01', 4, 0, '195.82', '195.83', 19_580, 19_585],
    ['keeps a spread that is wider', '0.01', 4, 0, '195.80', '195.85', 19_580, 19_585],
    // Mid 96,000.05; half 0.05 + 19.20001.
    ['adds the mark-up to each side', '0.1', 1, 200, '96000.04', '96000.06', 959_807, 960_194],
    // Mid 0.123455; half 0.000005 + 0.000024691.
    ['adds it to small prices', '0.00001', 0, 200, '0.12345', '0.12346', 12_342, 12_349],
    // Mid 1,000, half 0 + 1: on ticks.
    ['adds it and stays on a tick', '1', 0, 1_000, '1000', '1000', 999, 1_001],
    // Mid 10.2, half 0.1; in quarters 40.4 and 41.2.
    ['takes a tick that is no power of ten', '0.25', 0, 0, '10.10', '10.30', 40, 42],
    ['goes outwards below zero as well', '1', 0, 100_000, '-1.5', '-1.2', -2, -1],
    ['goes outwards about zero', '1', 0, 100_000, '-0.5', '0.5', -1, 1],
  ] as const) {
    it(`${what}: ${bid} / ${ask}`, () => {
      assert.deepEqual(markUpQuote(tickSize, termsOf(spreadMin, ppm), { bid, ask }), {
        bid: clientBid,
        ask: clientAsk,
      });
    });
  }

  for (const [what, bid, ask] of [
    ['a crossed source', '2', '1'],
    ['an exponent', '1e3', '1001'],
    ['no bid', '', '1'],
    ['no number', '1', 'NaN'],
  ] as const) {
    it(`gives no quote of ${what}`, () => {
      assert.equal(markUpQuote('0.01', termsOf(0, 0), { bid, ask }), undefined);
    });
  }

  const source = fc
    .tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 8 }))
    .map(([bid, spread, decimals]) => ({ bid, spread, decimals }));
  const terms = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 50_000 }));
  const tick = fc.tuple(fc.constantFrom(1, 2, 5, 25), fc.integer({ min: 0, max: 6 }));

  it('is the least whole-tick quote that is as wide as it is to be', () => {
    fc.assert(
      fc.property(source, terms, tick, ({ bid, spread, decimals }, [spreadMin, ppm], [tickUnits, tickDecimals]) => {
        const quote = markUpQuote(formatDecimal(tickUnits, tickDecimals), termsOf(spreadMin, ppm), {
          bid: formatDecimal(bid, decimals),
          ask: formatDecimal(bid + spread, decimals),
        });
        assert.ok(quote !== undefined);
        // Everything in 10⁻²⁰ of a price: eight digits, six of ppm, a half, and some to spare.
        const [b, s] = [BigInt(bid) * 10n ** BigInt(20 - decimals), BigInt(spread) * 10n ** BigInt(20 - decimals)];
        const t = BigInt(tickUnits) * 10n ** BigInt(20 - tickDecimals);
        const mid = b + s / 2n;
        const least = BigInt(spreadMin) * t;
        const half = (s > least ? s : least) / 2n + (mid * BigInt(ppm)) / 1_000_000n;
        // The greatest tick at or below mid − half, the least at or above mid + half.
        assert.ok(BigInt(quote.bid) * t <= mid - half && BigInt(quote.bid + 1) * t > mid - half);
        assert.ok(BigInt(quote.ask) * t >= mid + half && BigInt(quote.ask - 1) * t < mid + half);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never crossed, never better than the source, never narrower than the least spread', () => {
    fc.assert(
      fc.property(source, terms, ({ bid, spread, decimals }, [spreadMin, ppm]) => {
        const text = { bid: formatDecimal(bid, decimals), ask: formatDecimal(bid + spread, decimals) };
        const quote = markUpQuote('0.001', termsOf(spreadMin, ppm), text);
        assert.ok(quote !== undefined);
        assert.ok(quote.bid <= quote.ask && quote.ask - quote.bid >= spreadMin);
        const scale = 10n ** BigInt(decimals);
        assert.ok(BigInt(quote.bid) * scale <= BigInt(bid) * 1_000n);
        assert.ok(BigInt(quote.ask) * scale >= BigInt(bid + spread) * 1_000n);
      }),
    );
  });

  it('widens with the mark-up', () => {
    fc.assert(
      fc.property(source, fc.nat(50_000), fc.nat(50_000), ({ bid, spread, decimals }, a, b) => {
        const text = { bid: formatDecimal(bid, decimals), ask: formatDecimal(bid + spread, decimals) };
        const narrow = markUpQuote('0.01', termsOf(0, Math.min(a, b)), text);
        const wide = markUpQuote('0.01', termsOf(0, Math.max(a, b)), text);
        assert.ok(narrow !== undefined && wide !== undefined);
        assert.ok(wide.bid <= narrow.bid && wide.ask >= narrow.ask);
      }),
    );
  });
});
