import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultProfiles } from '../accounts/default-profiles.ts';
import type { Profile } from '../accounts/profile.ts';
import type { AssetClass } from '../instruments/instrument-terms.ts';
import { micros } from '../numbers/units.ts';
import { conservationReport } from '../shard/conservation-report.ts';
import { type Book, openBook, plainProfile } from '../testing/book.ts';

describe('stop-out', () => {
  it('happens at 50 % exactly, and not one micro above', () => {
    // One tick of one step is one micro; used margin 1,000 / 10.
    const book = openBook({ terms: { tickValue: 1 }, deposit: 0.000_2 });
    book.quote(1000, 1000);
    book.buy(1);
    assert.deepEqual(book.quote(851, 851), ['margin-called A equity 0.000051 used 0.0001']);
    assert.deepEqual(book.quote(850, 850), [
      'stopped-out A equity 0.00005 used 0.0001',
      'closed p1 sell 1 @ 850 by stop-out, pnl -0.00015',
      'margin-call-cleared A',
    ]);
  });

  it('happens at the floor of 50 % where that is no whole micro', () => {
    // 1,003 / 10 rounded up = 101; half of it 50.5.
    const book = openBook({ terms: { tickValue: 1 }, deposit: 0.000_301 });
    book.quote(1003, 1003);
    book.buy(1);
    assert.equal(book.quote(753, 753).length, 1); // 51: the margin call
    assert.equal(book.quote(752, 752)[0], 'stopped-out A equity 0.00005 used 0.000101');
  });

  describe('of the published example (RoboForex): 500 at 1:500, long 200,000 and 50,000 USDJPY', () => {
    // A step is 1,000 dollars, the price 101.3376… yen as 125,000,000 ticks of 8 micros a step. 10.2 pips at 24.67 a
    // pip are 251.634, which these 250 steps lose in 125,817 ticks.
    const terms = { assetClass: 'forex-major', tickValue: 8, priceMax: 200_000_000 } as const;
    const leverage = { ...plainProfile.leverage, 'forex-major': [{ notionalMax: null, leverage: 500 }] };

    function holdBoth(profile: Partial<Profile> = {}): Book {
      const book = openBook({ terms, deposit: 500, profile: { leverage, ...profile } });
      book.quote(125_000_000, 125_000_000);
      book.buy(200);
      book.buy(50);
      assert.equal(book.usedMargin, 500);
      return book;
    }

    it('is triggered at an equity of 248.37, a level of 49.67 %', () => {
      const book = holdBoth();
      const price = 125_000_000 - 125_817;
      assert.deepEqual(book.quote(price, price), [
        'stopped-out A equity 248.366 used 500',
        `closed p1 sell 200 @ ${price} by stop-out, pnl -201.3072`,
        'margin-call-cleared A',
      ]);
    });

    it('leaves a used margin of 100 after the larger position is closed', () => {
      const book = holdBoth();
      book.quote(125_000_000 - 125_817, 125_000_000 - 125_817);
      assert.deepEqual([...book.shard.positions.keys()], [2]);
      assert.deepEqual([book.usedMargin, book.balance, book.equity], [100, 298.6928, 248.366]);
    });

    it('is not triggered one tick before 50 %', () => {
      const book = holdBoth();
      assert.deepEqual(book.quote(125_000_000 - 124_999, 125_000_000 - 124_999), []);
      assert.equal(book.quote(125_000_000 - 125_000, 125_000_000 - 125_000)[0], 'stopped-out A equity 250 used 500');
    });
  });

  describe('of a fully margined position comes after an adverse move of 0.5 / leverage', () => {
    const price = 60_000;
    for (const profile of defaultProfiles) {
      for (const assetClass of Object.keys(profile.leverage) as AssetClass[]) {
        const leverage = profile.leverage[assetClass][0]?.leverage ?? 0;
        const move = price / (2 * leverage);
        for (const [side, sign] of [
          ['buy', -1],
          ['sell', 1],
        ] as const) {
          it(`${profile.name}, ${assetClass} at ${leverage}:1, ${side}: ${move} of ${price}`, () => {
            const book = openBook({ terms: { assetClass }, profile, deposit: price / leverage });
            book.quote(price, price);
            book.place(side, 'market', 1);
            assert.deepEqual(book.quote(price + sign * (move - 1), price + sign * (move - 1)), []);
            const [stoppedOut, closed] = book.quote(price + sign * move, price + sign * move);
            assert.match(stoppedOut ?? '', /^stopped-out A/);
            assert.match(closed ?? '', new RegExp(`^closed p1 .* by stop-out, pnl -${move}$`));
            assert.equal(book.balance, price / leverage / 2);
          });
        }
      }
    }
  });

  describe('closes', () => {
    const closedBy = (events: readonly string[]) =>
      events.filter((line) => line.startsWith('closed')).map((line) => line.split(' ')[1]);

    /** Longs of 1 at 1,000 (p1), 3 at 1,010 (p2), 2 at 1,030 (p3); a short of 4 in another instrument at 500 (p4). */
    function holdFour(stopOutOrder: Profile['stopOutOrder']): Book {
      const book = openBook({ deposit: 2000, profile: { stopOutOrder } });
      book.list({ asset: 'UVW' });
      book.quote(500, 500, { asset: 'UVW' });
      for (const [price, quantity] of [
        [1000, 1],
        [1010, 3],
        [1030, 2],
      ] as const) {
        book.quote(price, price);
        book.buy(quantity);
      }
      book.sell(4, { asset: 'UVW' });
      assert.equal(book.usedMargin, 809);
      return book;
    }

    it('the largest loss first, until the level is above 50 %', () => {
      const book = holdFour('largest-loss');
      // At 725: p1 −275, p2 −855, p3 −610; equity 2,000 − 1,740 = 260 of 809. Without p2 260 of 506: 51.4 %.
      assert.deepEqual(closedBy(book.quote(725, 725)), ['p2']);
      assert.deepEqual([book.equity, book.usedMargin], [260, 506]);
      // At 720 the equity is 260 − 15 = 245 of 506; without p3 245 of 300.
      assert.deepEqual(closedBy(book.quote(720, 720)), ['p3']);
    });

    it('one after the other, re-checking after each', () => {
      const book = holdFour('largest-loss');
      // At 700: −300, −930, −660; equity 110 of 809, then of 506, then of 300, then (p1 gone too) of 200.
      assert.deepEqual(closedBy(book.quote(700, 700)), ['p2', 'p3', 'p1']);
      assert.deepEqual([book.equity, book.usedMargin], [110, 200]);
      assert.deepEqual([...book.shard.positions.keys()], [4]);
    });

    it('the most margin first, where the profile says so', () => {
      const book = holdFour('most-margin');
      // Their margins: p1 100, p2 303, p3 206, p4 200. At 690: equity 50 of 809; of 506; of 300; of 100 is 50 %.
      assert.deepEqual(closedBy(book.quote(690, 690)), ['p2', 'p3', 'p4', 'p1']);
      assert.deepEqual([book.balance, book.usedMargin], [50, 0]);
    });

    it('a winner only after all losers', () => {
      const book = holdFour('largest-loss');
      // p4 gains 4 × 100; at 590 the longs lose 410 + 1,260 + 880: equity −150 and nothing helps.
      book.quote(400, 400, { asset: 'UVW' });
      assert.deepEqual(closedBy(book.quote(590, 590)), ['p2', 'p3', 'p1', 'p4']);
    });

    it('the older of two with the same loss, or the same margin', () => {
      for (const stopOutOrder of ['largest-loss', 'most-margin'] as const) {
        const book = openBook({ deposit: 300, profile: { stopOutOrder } });
        book.quote(1000, 1000);
        for (let i = 0; i < 3; i += 1) book.buy(1);
        // At 950 the equity is 150 of 300; of 200 it is 75 %.
        assert.deepEqual(closedBy(book.quote(950, 950)), ['p1']);
      }
    });

    it('hedged positions too, whose margin may stay when the smaller side goes', () => {
      const book = openBook({ deposit: 300 });
      book.quote(1000, 1000);
      book.buy(3); // p1, used 300
      book.sell(1); // p2, the smaller side
      // The spread opens: the long loses 3 × 10, the short 150. Equity 120 of 300; after p2 120 of 300; after p1 0.
      assert.deepEqual(closedBy(book.quote(990, 1150)), ['p2', 'p1']);
      assert.equal(book.balance, 120);
    });

    it('with the commission of each close re-checked as well', () => {
      // 1 % a fill. 3 × (1 at 1,000): 30 paid, 470 left of 500, used 300.
      const book = openBook({ deposit: 500, terms: { commissionPpm: 10_000 } });
      book.quote(1000, 1000);
      for (let i = 0; i < 3; i += 1) book.buy(1);
      // At 890: 470 − 330 = 140 of 300; closing one costs 8.9: 131.1 of 200 is 65 %.
      assert.deepEqual(closedBy(book.quote(890, 890)), ['p1']);
      assert.deepEqual([book.equity, book.usedMargin], [131.1, 200]);
      // At 850: 131.1 − 80 = 51.1 of 200; after one 51.1 − 8.5 = 42.6 of 100; after the other 34.1 and nothing.
      assert.deepEqual(closedBy(book.quote(850, 850)), ['p2', 'p3']);
      assert.equal(book.balance, 34.1);
    });
  });

  it('cancels the account’s pending orders first, in every instrument, and nobody else’s', () => {
    const book = openBook({ deposit: 200 });
    book.openAccount('B');
    book.list({ asset: 'UVW' });
    book.quote(500, 500, { asset: 'UVW' });
    book.quote(1000, 1000);
    book.buy(1);
    book.limit('buy', 1, 400, { asset: 'UVW' });
    book.stop('buy', 1, 1200);
    book.limit('buy', 1, 500, { account: 'B' });
    assert.deepEqual(book.quote(840, 840), [
      'margin-called A equity 40 used 100',
      'stopped-out A equity 40 used 100',
      'cancelled o2 by stop-out',
      'cancelled o3 by stop-out',
      'closed p1 sell 1 @ 840 by stop-out, pnl -160',
      'margin-call-cleared A',
    ]);
    assert.deepEqual([...book.shard.orders.keys()], [4]);
  });

  it('tells the figures that caused it', () => {
    const book = openBook({ deposit: 200 });
    book.quote(1000, 1000);
    book.buy(1);
    book.quote(840, 845);
    const event = book.events.find(({ type }) => type === 'account-stopped-out');
    assert.partialDeepStrictEqual(event, {
      accountId: 'A',
      balance: 200_000_000,
      equity: 40_000_000,
      usedMargin: 100_000_000,
      stopOutPercent: 50,
      legs: [
        {
          asset: 'XYZ',
          bid: 840,
          ask: 845,
          status: 'live',
          longQuantity: 1,
          longCost: 1000,
          shortQuantity: 0,
          shortCost: 0,
          unrealizedPnl: -160_000_000,
        },
      ],
    });
  });

  it('fills at the quote of the gap, not at the level', () => {
    const book = openBook({ deposit: 200 });
    book.quote(1000, 1000);
    book.buy(1);
    assert.ok(book.quote(100, 100).includes('closed p1 sell 1 @ 100 by stop-out, pnl -900'));
  });

  describe('with a stale leg', () => {
    /** Longs of 1 at 1,000 in both instruments with 300: used 200, stop-out at 100. */
    function holdTwo(): Book {
      const book = openBook({ deposit: 300 });
      book.list({ asset: 'UVW' });
      book.quote(1000, 1000, { asset: 'UVW' });
      book.quote(1000, 1000);
      book.buy(1);
      book.buy(1, { asset: 'UVW' });
      return book;
    }

    it('closes what has a live quote and leaves the rest, which the next live quote closes', () => {
      const book = holdTwo();
      book.quote(1000, 1000, { asset: 'UVW', status: 'stale' });
      // −280 of 300: 20 of 200, and 20 of 100 when p1 is gone.
      assert.deepEqual(book.quote(720, 720), [
        'margin-called A equity 20 used 200',
        'stopped-out A equity 20 used 200',
        'closed p1 sell 1 @ 720 by stop-out, pnl -280',
      ]);
      assert.deepEqual(book.quote(1000, 1000, { asset: 'UVW', status: 'down' }), []);
      assert.deepEqual(book.quote(1000, 1000, { asset: 'UVW' }), [
        'stopped-out A equity 20 used 100',
        'closed p2 sell 1 @ 1000 by stop-out, pnl 0',
        'margin-call-cleared A',
      ]);
    });

    it('keeps what is left when the price has come back with the live quote', () => {
      const book = holdTwo();
      book.quote(1000, 1000, { asset: 'UVW', status: 'stale' });
      book.quote(720, 720);
      // 20 + 31 of 100.
      assert.deepEqual(book.quote(1031, 1031, { asset: 'UVW' }), []);
      assert.deepEqual([...book.shard.positions.keys()], [2]);
      assert.equal(book.quote(1030, 1030, { asset: 'UVW' })[0], 'stopped-out A equity 50 used 100');
    });

    it('opens nothing', () => {
      const book = holdTwo();
      book.deposit(1000);
      book.quote(1000, 1000, { asset: 'UVW', status: 'stale' });
      assert.deepEqual(book.buy(1), ['refused price-not-live']);
      assert.deepEqual(book.figures, { asset: 'UVW', status: 'stale' });
    });

    it('cancels no orders while nothing can be closed', () => {
      const book = holdTwo();
      book.limit('buy', 1, 500);
      book.quote(1000, 1000, { asset: 'UVW', status: 'stale' });
      book.quote(1000, 1000, { status: 'stale' });
      assert.deepEqual(book.adjust(-250), ['balance-adjusted A -250', 'margin-called A equity 50 used 200']);
      assert.equal(book.account.pendingOrders, 1);
      // A live quote of the other: now there is something to close.
      assert.deepEqual(book.quote(1000, 1000), [
        'stopped-out A equity 50 used 200',
        'cancelled o3 by stop-out',
        'closed p1 sell 1 @ 1000 by stop-out, pnl 0',
      ]);
    });
  });

  it('waits while trading is halted, and comes with the first quote after', () => {
    for (const asset of ['XYZ', null]) {
      const book = openBook({ deposit: 200 });
      book.quote(1000, 1000);
      book.buy(1);
      book.setState('halted', asset);
      assert.deepEqual(book.quote(840, 840), []);
      assert.deepEqual(book.setState('active', asset), ['trading-state-changed']);
      assert.equal(book.quote(840, 840)[1], 'stopped-out A equity 40 used 100');
    }
  });

  it('leaves positions of a halted instrument', () => {
    const book = openBook({ deposit: 300 });
    book.list({ asset: 'UVW' });
    book.quote(1000, 1000, { asset: 'UVW' });
    book.quote(1000, 1000);
    book.buy(1);
    book.buy(1, { asset: 'UVW' });
    book.setState('halted', 'UVW');
    book.quote(720, 720);
    assert.deepEqual([...book.shard.positions.keys()], [2]);
  });

  it('goes on while trading is reduced', () => {
    const book = openBook({ deposit: 200 });
    book.quote(1000, 1000);
    book.buy(1);
    book.setState('reducing');
    assert.equal(book.quote(840, 840)[1], 'stopped-out A equity 40 used 100');
  });

  it('follows an adjustment and a swap, not only a quote', () => {
    const book = openBook({ deposit: 200, terms: { swapLongPpm: 360_000 } });
    book.quote(1000, 1000);
    book.buy(1);
    assert.equal(book.adjust(-149).length, 2); // 51: a margin call
    assert.deepEqual(book.advance(book.at + 86_400_000).slice(0, 4), [
      'swap p1 ×1 1',
      'trading-day-ended',
      'stopped-out A equity 50 used 100',
      'closed p1 sell 1 @ 1000 by stop-out, pnl 0',
    ]);
  });

  describe('of 500 accounts in one gap', () => {
    const count = 500;
    const id = (i: number) => `C${i}`;
    /** In micros: from what just suffices to what survives the gap. */
    const depositOf = (i: number) => 1_010_000 + (i % 100) * 140_000;

    function fall(profile: Partial<Profile> = {}): Book {
      const book = openBook({ profile, deposit: 0, terms: { tickValue: 1_000, commissionPpm: 333 } });
      book.quote(10_000, 10_000);
      for (let i = 0; i < count; i += 1) {
        // Notional 10 a step, margin 1.
        book.openAccount(id(i), { deposit: 0 });
        book.do({ type: 'deposit', at: book.at, accountId: id(i), amount: micros(depositOf(i)) });
        book.buy(1, { account: id(i) });
      }
      book.quote(3_000, 3_100);
      return book;
    }

    it('writes every negative balance off to exactly 0, once each, and keeps the ledger at zero', () => {
      const book = fall();
      for (let i = 0; i < count; i += 1) {
        // Bought for 10 and worth 3: −7. 333 ppm of each is 0.003330 and 0.000999.
        const equity = depositOf(i) - 3_330 - 7_000_000;
        const isStoppedOut = equity <= 500_000;
        const balance = isStoppedOut ? equity - 999 : depositOf(i) - 3_330;
        const account = book.accountOf(id(i));
        assert.equal(account.balance, Math.max(0, balance), id(i));
        assert.equal(account.openPositions, isStoppedOut ? 0 : 1, id(i));
        const writeOffs = book.events.filter(
          (event) => event.type === 'negative-balance-written-off' && event.accountId === id(i),
        );
        assert.equal(writeOffs.length, balance < 0 ? 1 : 0, id(i));
      }
      // Deposits 0 to 42 of each hundred do not cover the loss: 5 × Σ (7,004,329 − 1,010,000 − 140,000 k).
      assert.equal(book.shard.house['house:negative-balance-write-off'].value, -656_680_735n);
      assert.deepEqual(conservationReport(book.shard).faults, []);
    });

    it('leaves the house with exactly what the clients lost and paid', () => {
      const { house } = fall().shard;
      // Deposits 0 to 46 of each hundred leave an equity of 0.5 or less: 235 accounts.
      assert.equal(house['house:pnl'].value, 235n * 7_000_000n);
      assert.equal(house['house:commission'].value, 500n * 3_330n + 235n * 999n);
      assert.equal(house['house:rounding'].value, 0n);
      assert.equal(house['house:swap'].value, 0n);
    });

    it('closes the accounts in the order of their opening', () => {
      const book = fall();
      const order = book.events.filter(({ type }) => type === 'account-stopped-out');
      const ordinals = order.map((event) => Number('accountId' in event ? event.accountId.slice(1) : -1));
      assert.deepEqual(
        ordinals,
        ordinals.toSorted((a, b) => a - b),
      );
    });

    it('writes nothing off for accounts without protection', () => {
      const book = fall({ negativeBalanceProtection: false });
      assert.ok(!book.events.some(({ type }) => type === 'negative-balance-written-off'));
      // 1.01 − 0.00333 − 7 − 0.000999
      assert.equal(book.accountOf(id(0)).balance, -5_994_329);
      assert.equal(book.shard.house['house:negative-balance-write-off'].value, 0n);
    });
  });
});
