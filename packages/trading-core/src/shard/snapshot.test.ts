import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ticks } from '../numbers/units.ts';
import { receiveQuote } from '../quotes/receive-quote.ts';
import { openBook } from '../testing/book.ts';
import { openRandomBook, type RandomStep, randomSteps, take } from '../testing/random-steps.ts';
import { conservationReport } from './conservation-report.ts';
import { hashShard } from './hash-shard.ts';
import { loadShard } from './load-shard.ts';
import { type ShardSnapshot, snapshotShard } from './snapshot.ts';

const throughJson = (snapshot: ShardSnapshot) => JSON.parse(JSON.stringify(snapshot)) as ShardSnapshot;

function run(walk: readonly RandomStep[]) {
  const book = openRandomBook();
  for (const step of walk) take(book, step);
  return book;
}

describe('a snapshot', () => {
  it('survives JSON as it is', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const snapshot = snapshotShard(run(walk).shard);
        assert.deepEqual(throughJson(snapshot), snapshot);
      }),
      { numRuns: 50 },
    );
  });

  it('loads to the same hash, the same snapshot, and a sound shard', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const { shard } = run(walk);
        const loaded = loadShard(shard.options, throughJson(snapshotShard(shard)));
        assert.equal(hashShard(loaded), hashShard(shard));
        assert.deepEqual(snapshotShard(loaded), snapshotShard(shard));
        assert.deepEqual(conservationReport(loaded), conservationReport(shard));
        assert.deepEqual(conservationReport(loaded).faults, []);
      }),
      { numRuns: 150 },
    );
  });

  it('goes on as the shard would have, event by event', () => {
    fc.assert(
      fc.property(randomSteps, randomSteps, (before, after) => {
        const book = run(before);
        const other = run(before);
        // From here on the other book works on the loaded shard.
        Object.assign(other, { shard: loadShard(book.shard.options, throughJson(snapshotShard(book.shard))) });
        for (const step of after) {
          assert.deepEqual(take(other, step), take(book, step));
          assert.deepEqual(other.figures, book.figures);
        }
        assert.deepEqual(other.events, book.events);
        assert.equal(hashShard(other.shard), hashShard(book.shard));
      }),
      { numRuns: 200 },
    );
  });

  for (const hidden of ['halted', 'stale'] as const) {
    it(`goes on the same after a move that was hidden, ${hidden}`, () => {
      const book = openBook({ deposit: 400 });
      book.list({ asset: 'UVW' });
      book.quote(1_000, 1_000, { asset: 'UVW' });
      book.quote(1_000, 1_000);
      book.buy(1);
      book.buy(1, { asset: 'UVW' });
      if (hidden === 'halted') book.setState('halted');
      // 150 of 200, which nobody has looked at.
      book.quote(750, 750, { status: hidden === 'stale' ? 'stale' : 'live' });
      const loaded = loadShard(book.shard.options, throughJson(snapshotShard(book.shard)));
      const quote = { asset: 'UVW', bid: ticks(999), ask: ticks(999), sequence: 99, at: 0, source: 'test' };
      const live = { ...quote, status: 'live' } as const;
      assert.deepEqual(receiveQuote(loaded, live), receiveQuote(book.shard, live));
    });
  }

  it('holds what a rare state is made of', () => {
    const book = openBook({ deposit: 200, terms: { commissionPpm: 333, tickValue: 1_001 } });
    book.quote(1_000, 1_000);
    book.deposit(1e9);
    book.buy(3, { stopLoss: 900, trailingDistance: 50 });
    book.quote(1_020, 1_020);
    book.quote(1_010, 1_010); // the trailing stop has seen 1,020
    book.stopLimit('buy', 1, 1_050, 1_030);
    book.quote(1_050, 1_050); // triggered, waits at 1,030
    book.setState('reducing');
    const snapshot = snapshotShard(book.shard);
    assert.partialDeepStrictEqual(snapshot, {
      tradingState: 'active',
      markets: [{ tradingState: 'reducing', quote: { bid: 1_050 } }],
      orders: [{ id: 2, accountId: 'A', isTriggered: true }],
      positions: [{ id: 1, stopLoss: 900, trailingDistance: 50, trailingBest: 1_050 }],
    });
    assert.notEqual(snapshot.roundingCarry, 0);
    assert.equal(snapshot.house['external:deposits'], '-1000000200000000');
  });

  it('remembers the recent orders, so that a retry is recognised', () => {
    const book = openBook({ recentOrdersMax: 2 });
    book.quote(1_000, 1_000);
    for (const clientOrderId of ['a', 'b', 'c']) book.buy(1, { clientOrderId });
    const loaded = loadShard(book.shard.options, throughJson(snapshotShard(book.shard)));
    assert.equal(loaded.recentOrders.find('A', 'a'), undefined);
    assert.equal(loaded.recentOrders.find('A', 'b')?.orderId, 2);
    assert.equal(loaded.recentOrders.find('A', 'c')?.orderId, 3);
  });

  it('does not load without the profile, account or instrument that it names', () => {
    const book = openBook();
    book.quote(1_000, 1_000);
    book.buy(1);
    book.limit('buy', 1, 900);
    const snapshot = snapshotShard(book.shard);
    const { options } = book.shard;
    assert.throws(() => loadShard({ ...options, profiles: [] }, snapshot), /no profile plain/);
    assert.throws(() => loadShard(options, { ...snapshot, accounts: [] }), /no account A/);
    assert.throws(() => loadShard(options, { ...snapshot, markets: [] }), /no instrument XYZ/);
  });
});

describe('hashShard', () => {
  it('changes with everything that the future depends on', () => {
    const book = openBook();
    const seen = new Set<string>();
    const note = (what: string) => {
      const hash = hashShard(book.shard);
      assert.match(hash, /^[0-9a-f]{16}$/);
      assert.ok(!seen.has(hash), what);
      seen.add(hash);
    };
    note('nothing');
    book.quote(1_000, 1_000);
    note('a quote');
    book.quote(1_000, 1_000);
    note('the same quote, with the next sequence');
    book.deposit(0.000_001);
    note('a micro');
    book.buy(1);
    note('a position');
    book.modifyPosition(1, { stopLoss: 900 });
    note('a stop loss');
    book.limit('buy', 1, 900);
    note('an order');
    book.cancel(2);
    note('a cancellation');
    book.setState('reducing');
    note('a state');
    book.list({ quantityMax: 9_999 });
    note('terms');
    book.advance(book.at + 86_400_000);
    note('a day');
  });

  it('is the same for the same inputs', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => assert.equal(hashShard(run(walk).shard), hashShard(run(walk).shard))),
      { numRuns: 30 },
    );
  });
});
