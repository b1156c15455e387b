import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Leg } from '../accounts/leg.ts';
import { type Book, openBook } from '../testing/book.ts';
import { openRandomBook, randomSteps, take } from '../testing/random-steps.ts';
import { conservationReport } from './conservation-report.ts';
import { hashShard } from './hash-shard.ts';

/** A: long 3 and short 1 of XYZ at 1,000, an order; B: long 2 of UVW at 500. Used margin 300 and 100. */
function holdThree(): Book {
  const book = openBook({ deposit: 10_000, terms: { commissionPpm: 1_000 } });
  book.list({ asset: 'UVW' });
  book.openAccount('B', { deposit: 5_000 });
  book.quote(1_000, 1_000);
  book.quote(500, 500, { asset: 'UVW' });
  book.buy(3);
  book.sell(1);
  book.buy(2, { asset: 'UVW', account: 'B' });
  book.limit('buy', 1, 900);
  book.quote(1_010, 1_020);
  return book;
}

function legOf(book: Book): Leg {
  const [leg] = book.account.legs;
  assert.ok(leg !== undefined);
  return leg;
}

describe('conservationReport', () => {
  it('adds up what a shard holds', () => {
    assert.deepEqual(conservationReport(holdThree().shard), {
      // 15,000 less 3 + 1 of commission; B pays none.
      clientBalances: 14_996_000_000n,
      house: {
        'house:pnl': 0n,
        'house:commission': 4_000_000n,
        'house:swap': 0n,
        'house:negative-balance-write-off': 0n,
        'house:rounding': 0n,
        'external:deposits': -15_000_000_000n,
      },
      sum: 0n,
      // 3 × 10 − 1 × 20
      unrealizedPnl: 10_000_000n,
      accounts: 2,
      openPositions: 3,
      pendingOrders: 1,
      faults: [],
    });
  });

  it('finds no fault in an empty shard, nor in one that lives', () => {
    assert.deepEqual(conservationReport(openBook({ deposit: 0 }).shard).faults, []);
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const book = openRandomBook();
        for (const step of walk) {
          take(book, step);
          const { sum, faults } = conservationReport(book.shard);
          assert.deepEqual({ sum, faults }, { sum: 0n, faults: [] });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('changes nothing', () => {
    const book = holdThree();
    const before = hashShard(book.shard);
    conservationReport(book.shard);
    assert.equal(hashShard(book.shard), before);
  });

  describe('reports', () => {
    const tamperings: readonly (readonly [what: string, tamper: (book: Book) => unknown, faults: readonly RegExp[]])[] =
      [
        ['a balance', ({ account }) => Object.assign(account, { balance: account.balance + 1 }), [/ledger.* 1,/]],
        ['a house account', ({ shard }) => shard.house['house:pnl'].add(-7), [/ledger.* -7,/]],
        [
          'used margin',
          ({ account }) => Object.assign(account, { usedMargin: account.usedMargin - 1 }),
          [/^account A: used margin is kept as 299999999, and is 300000000$/],
        ],
        [
          'the margin of a leg',
          (book) => Object.assign(legOf(book), { margin: 0 }),
          [/account A, XYZ: margin is kept as 0, and is 300000000/, /account A: used margin/],
        ],
        ['the quantity of a leg', (book) => Object.assign(legOf(book), { longQuantity: 4 }), [/longQuantity/, /reach/]],
        ['the cost of a leg', (book) => Object.assign(legOf(book), { longCost: 2_999 }), [/longCost .* 2999, .* 3000/]],
        [
          'a position',
          (book) => Object.assign(book.position(3), { quantity: 3 }),
          [/account B, UVW: longQuantity/, /UVW: clients' longs is kept as 2, and is 3/],
        ],
        [
          'a position of nothing',
          (book) => Object.assign(book.position(3), { quantity: 0 }),
          [/longQuantity/, /position 3 has quantity 0/, /clients' longs/],
        ],
        [
          'the open notional of an account',
          ({ account }) => Object.assign(account, { openNotional: 0 }),
          [/account A: open notional/, /firm: gross notional/],
        ],
        ['the reach of an account', ({ account }) => Object.assign(account, { reach: 0 }), [/account A: reach/]],
        [
          'the number of positions',
          ({ account }) => Object.assign(account, { openPositions: 3 }),
          [/account A: open positions/, /firm: open positions/],
        ],
        [
          'the number of orders',
          ({ account }) => Object.assign(account, { pendingOrders: 0 }),
          [/account A: pending orders/, /firm: pending orders/],
        ],
        [
          'the clients’ longs',
          (book) => Object.assign(book.market(), { clientLong: 2 }),
          [/^XYZ: clients' longs is kept as 2, and is 3$/],
        ],
        [
          'the clients’ shorts',
          (book) => Object.assign(book.market('UVW'), { clientShort: 1 }),
          [/^UVW: clients' shorts is kept as 1, and is 0$/],
        ],
        [
          'the firm’s gross notional',
          ({ shard }) => Object.assign(shard, { grossNotional: 0 }),
          [/^firm: gross notional is kept as 0, and is 5000000000$/],
        ],
        [
          'a debt that was not written off',
          ({ account }) =>
            Object.assign(account, { legs: [], firstOrder: null, openPositions: 0, pendingOrders: 0, balance: -1 }),
          [/account A: balance -1 is below zero without positions/],
        ],
      ];

    for (const [what, tamper, patterns] of tamperings) {
      it(`${what}, tampered with`, () => {
        const book = holdThree();
        tamper(book);
        const { faults } = conservationReport(book.shard);
        for (const pattern of patterns)
          assert.ok(
            faults.some((fault) => pattern.test(fault)),
            faults.join('\n'),
          );
      });
    }
  });
});
