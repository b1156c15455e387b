import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultInstruments, type Instrument, isDecimal, parseDecimal } from '@repo/trading-core';
import fc from 'fast-check';
import { QuoteFilter } from '../policy/quote-filter.ts';
import { rawQuote } from '../testing/raw-quote.ts';
import { recordingHandlers } from '../testing/recording-handlers.ts';
import { until } from '../testing/until.ts';
import { SimulatedFeed } from './simulated.ts';
import { type SimulatedQuote, simulateMarket } from './simulated-market.ts';

function take(instrument: Instrument, seed: number, count: number): SimulatedQuote[] {
  const market = simulateMarket(instrument, seed);
  return Array.from({ length: count }, () => market.next().value);
}

const instrument = fc.constantFrom(...defaultInstruments);
const seed = fc.nat(4_294_967_295);

test('the same seed walks the same way, another seed and another asset another', () => {
  fc.assert(
    fc.property(instrument, seed, (one, number) => {
      assert.deepEqual(take(one, number, 50), take(one, number, 50));
      assert.notDeepEqual(take(one, number, 50), take(one, number + 1, 50));
    }),
    { numRuns: 20 },
  );
});

test('quotes lie on the tick, in order, never quiet for so long that the asset turns stale', () => {
  fc.assert(
    fc.property(instrument, seed, (one, number) => {
      const tick = parseDecimal(one.tickSize, one.priceDecimals) as number;
      for (const quote of take(one, number, 1_000)) {
        assert.ok(isDecimal(quote.bid) && isDecimal(quote.ask));
        const bid = parseDecimal(quote.bid, one.priceDecimals) as number;
        const ask = parseDecimal(quote.ask, one.priceDecimals) as number;
        assert.ok(bid > 0 && bid < ask && bid % tick === 0 && ask % tick === 0);
        assert.ok(quote.afterMs >= 0 && quote.afterMs < one.staleAfterMs);
      }
    }),
    { numRuns: 20 },
  );
});

test('the filters find nothing to refuse, in hours of it', () => {
  fc.assert(
    fc.property(instrument, seed, (one, number) => {
      const filter = new QuoteFilter();
      let atMs = 0;
      let previous = 0;
      for (const { afterMs, bid, ask } of take(one, number, 20_000)) {
        atMs += afterMs;
        const verdict = filter.judge(rawQuote({ bid, ask, receivedAtMs: atMs }));
        if (typeof verdict === 'string') assert.fail(`${verdict} at ${atMs} ms`);
        previous = verdict.mid;
      }
      assert.ok(previous > 0);
    }),
    { numRuns: 10 },
  );
});

test('it quotes 2 to 8 times a second, with quiet spells and jumps', () => {
  for (const one of defaultInstruments) {
    const quotes = take(one, 1, 20_000);
    const seconds = quotes.reduce((sum, quote) => sum + quote.afterMs, 0) / 1_000;
    const perSecond = quotes.length / seconds;
    assert.ok(perSecond > 1.5 && perSecond < 8, `${one.asset}: ${perSecond}/s`);
    assert.ok(quotes.some((quote) => quote.afterMs > one.staleAfterMs / 3));
    const moves = quotes.slice(1).map((quote, index) => Math.abs(Number(quote.bid) / Number(quotes[index]?.bid) - 1));
    assert.ok(moves.some((move) => move > 0.003));
  }
});

test('the feed quotes every asset at once and goes on until it is stopped', async () => {
  const said = recordingHandlers();
  const feed = new SimulatedFeed({ instruments: defaultInstruments, seed: 1 });
  feed.start(said.handlers);
  await until(() => new Set(said.quotes.map((quote) => quote.asset)).size === 5, 'all assets were quoted');
  await until(() => said.quotes.length > 8, 'it went on');
  await feed.stop();
  assert.deepEqual(said.states, ['simulated open']);
  assert.ok(said.quotes.every((quote) => quote.source === 'simulated'));
});
