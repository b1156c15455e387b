import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FillRule } from './event.ts';
import { explain, type FillExplanation, type StopOutExplanation } from './explain.ts';
import { type Book, openBook } from './testing/book.ts';
import { openRandomBook, randomSteps, take } from './testing/random-steps.ts';

/** Explanation of the last fill. */
function lastFill(book: Book): FillExplanation {
  const event = book.events.findLast((candidate) => 'fill' in candidate);
  assert.ok(event !== undefined);
  const explanation = explain(event, book.market().terms);
  assert.ok(explanation?.type === 'fill');
  return explanation;
}

interface Row {
  readonly rule: FillRule;
  readonly doing: (book: Book) => unknown;
  readonly filledAt: 'bid' | 'ask';
  readonly price: number;
  /** What came true, as `price comparison level`. */
  readonly condition: string | null;
  /** Price × quantity − cost, turned for a short. */
  readonly pnl: string | null;
}

/** All start at 1,000 / 1,010; quantity 2. */
const rows: readonly Row[] = [
  { rule: 'market', doing: (book) => book.buy(2), filledAt: 'ask', price: 1_010, condition: null, pnl: null },
  { rule: 'market', doing: (book) => book.sell(2), filledAt: 'bid', price: 1_000, condition: null, pnl: null },
  {
    rule: 'limit',
    doing: (book) => [book.limit('buy', 2, 990), book.quote(970, 980)],
    filledAt: 'ask',
    price: 980,
    condition: '980 at-or-below 990',
    pnl: null,
  },
  {
    rule: 'limit',
    doing: (book) => [book.limit('sell', 2, 1_020), book.quote(1_020, 1_030)],
    filledAt: 'bid',
    price: 1_020,
    condition: '1020 at-or-above 1020',
    pnl: null,
  },
  {
    rule: 'stop',
    doing: (book) => [book.stop('buy', 2, 1_020), book.quote(1_015, 1_025)],
    filledAt: 'ask',
    price: 1_025,
    condition: '1025 at-or-above 1020',
    pnl: null,
  },
  {
    rule: 'stop',
    doing: (book) => [book.stop('sell', 2, 990), book.quote(980, 990)],
    filledAt: 'bid',
    price: 980,
    condition: '980 at-or-below 990',
    pnl: null,
  },
  {
    rule: 'stop-limit',
    doing: (book) => [book.stopLimit('buy', 2, 1_020, 1_015), book.quote(1_020, 1_030), book.quote(1_000, 1_012)],
    filledAt: 'ask',
    price: 1_012,
    condition: '1012 at-or-below 1015',
    pnl: null,
  },
  {
    rule: 'stop-limit',
    doing: (book) => [book.stopLimit('sell', 2, 990, 995), book.quote(985, 990), book.quote(996, 999)],
    filledAt: 'bid',
    price: 996,
    condition: '996 at-or-above 995',
    pnl: null,
  },
  {
    rule: 'close',
    doing: (book) => [book.buy(2), book.close(1)],
    filledAt: 'bid',
    price: 1_000,
    condition: null,
    pnl: '(1000 × 2 − 2020) × 1 = -20',
  },
  {
    rule: 'close',
    doing: (book) => [book.sell(5), book.quote(980, 990), book.close(1, 2)],
    filledAt: 'ask',
    price: 990,
    condition: null,
    pnl: '−(990 × 2 − 2000) × 1 = 20',
  },
  {
    rule: 'stop-loss',
    doing: (book) => [book.buy(2, { stopLoss: 990 }), book.quote(985, 995)],
    filledAt: 'bid',
    price: 985,
    condition: '985 at-or-below 990',
    pnl: '(985 × 2 − 2020) × 1 = -50',
  },
  {
    rule: 'stop-loss',
    doing: (book) => [book.sell(2, { stopLoss: 1_020 }), book.quote(1_000, 1_020)],
    filledAt: 'ask',
    price: 1_020,
    condition: '1020 at-or-above 1020',
    pnl: '−(1020 × 2 − 2000) × 1 = -40',
  },
  {
    rule: 'take-profit',
    doing: (book) => [book.buy(2, { takeProfit: 1_030 }), book.quote(1_035, 1_036)],
    filledAt: 'bid',
    price: 1_035,
    condition: '1035 at-or-above 1030',
    pnl: '(1035 × 2 − 2020) × 1 = 50',
  },
  {
    rule: 'take-profit',
    doing: (book) => [book.sell(2, { takeProfit: 980 }), book.quote(970, 980)],
    filledAt: 'ask',
    price: 980,
    condition: '980 at-or-below 980',
    pnl: '−(980 × 2 − 2000) × 1 = 40',
  },
  {
    rule: 'trailing-stop',
    doing: (book) => [book.buy(2, { trailingDistance: 10 }), book.quote(1_050, 1_050), book.quote(1_038, 1_040)],
    filledAt: 'bid',
    price: 1_038,
    condition: '1038 at-or-below 1040',
    pnl: '(1038 × 2 − 2020) × 1 = 56',
  },
  {
    rule: 'trailing-stop',
    doing: (book) => [book.sell(2, { trailingDistance: 10 }), book.quote(950, 950), book.quote(955, 961)],
    filledAt: 'ask',
    price: 961,
    condition: '961 at-or-above 960',
    pnl: '−(961 × 2 − 2000) × 1 = 78',
  },
  {
    rule: 'stop-out',
    doing: (book) => [book.withdraw(999_700), book.buy(2), book.quote(900, 910)],
    // Equity 300 − 220 = 80 of 202.
    filledAt: 'bid',
    price: 900,
    condition: null,
    pnl: '(900 × 2 − 2020) × 1 = -220',
  },
];

describe('explain', () => {
  for (const { rule, doing, filledAt, price, condition, pnl } of rows) {
    it(`a fill by ${rule} at the ${filledAt}: ${condition ?? 'at once'}`, () => {
      const book = openBook({ terms: { commissionPpm: 100 } });
      book.quote(1_000, 1_010);
      doing(book);
      const fill = lastFill(book);
      assert.deepEqual([fill.rule, fill.filledAt, fill.price, fill.quantity], [rule, filledAt, price, 2]);
      assert.equal(fill.side, filledAt === 'ask' ? 'buy' : 'sell');
      assert.equal(fill.quote[filledAt], price);
      assert.equal(fill.quote, book.market().quote);
      const told = fill.condition;
      assert.equal(told && `${told.price} ${told.comparison} ${told.level}`, condition);
      assert.equal(pnlText(fill), pnl);
      // 100 ppm of price × 2 units.
      assert.deepEqual(fill.commission, {
        notional: price * 2_000_000,
        ratePpm: 100,
        minimum: 0,
        result: price * 200,
      });
    });
  }

  it('every rule', () => {
    const rules: readonly FillRule[] = [
      ...(['market', 'limit', 'stop', 'stop-limit', 'close', 'stop-loss', 'take-profit'] as const),
      ...(['trailing-stop', 'stop-out'] as const),
    ];
    for (const rule of rules)
      assert.ok(
        rows.some((row) => row.rule === rule),
        rule,
      );
  });

  it('a stop-out, from balance and legs to the level it was at', () => {
    const book = openBook({ deposit: 600 });
    book.list({ asset: 'UVW' });
    book.quote(1_000, 1_000);
    book.quote(1_000, 1_000, { asset: 'UVW' });
    book.buy(2);
    book.sell(1, { asset: 'UVW' }); // used 300
    book.quote(1_050, 1_060, { asset: 'UVW' });
    book.quote(795, 800); // 600 − 410 − 60 = 130
    const event = book.events.find(({ type }) => type === 'account-stopped-out');
    assert.ok(event !== undefined);
    const explanation = explain(event, book.market().terms) as StopOutExplanation;
    assert.partialDeepStrictEqual(explanation, {
      type: 'stop-out',
      accountId: 'A',
      balance: 600_000_000,
      equity: 130_000_000,
      usedMargin: 300_000_000,
      marginLevel: 4_333,
      stopOutPercent: 50,
      threshold: 150_000_000,
      legs: [
        { asset: 'XYZ', bid: 795, ask: 800, longQuantity: 2, longCost: 2_000, unrealizedPnl: -410_000_000 },
        { asset: 'UVW', bid: 1_050, ask: 1_060, shortQuantity: 1, shortCost: 1_000, unrealizedPnl: -60_000_000 },
      ],
    });
  });

  it('nothing else', () => {
    const book = openBook();
    for (const event of book.events) assert.equal(explain(event, book.market().terms), undefined);
  });

  it('with figures that can be computed again, and conditions that came true', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const book = openRandomBook();
        for (const step of walk) take(book, step);
        for (const event of book.events) {
          const asset = 'fill' in event ? event.fill.asset : 'XYZ';
          const explanation = explain(event, book.market(asset).terms);
          if (explanation?.type === 'fill') assertFill(explanation, book.market(asset).terms.tickValue);
          if (explanation?.type === 'stop-out') assertStopOut(explanation);
          assert.equal(explanation === undefined, !('fill' in event) && event.type !== 'account-stopped-out');
        }
      }),
      { numRuns: 50 },
    );
  });
});

function pnlText({ side, realizedPnl }: FillExplanation): string | null {
  if (realizedPnl === null) return null;
  const { price, quantity, cost, tickValue, result } = realizedPnl;
  return `${side === 'buy' ? '−' : ''}(${price} × ${quantity} − ${cost}) × ${tickValue / 1e6} = ${result / 1e6}`;
}

function assertFill({ side, quote, filledAt, price, quantity, ...fill }: FillExplanation, tickValue: number): void {
  assert.equal(quote[filledAt], price);
  assert.equal(quote.status, 'live');
  if (fill.condition !== null) {
    const { comparison, level } = fill.condition;
    assert.ok(comparison === 'at-or-below' ? price <= level : price >= level);
  }
  if (fill.realizedPnl !== null) {
    const { cost, result } = fill.realizedPnl;
    assert.ok(Number.isInteger(cost));
    assert.equal(result, (side === 'sell' ? price * quantity - cost : cost - price * quantity) * tickValue);
  }
  const { notional, ratePpm, minimum, result } = fill.commission;
  assert.equal(notional, price * quantity * tickValue);
  assert.ok(result >= minimum && (result === minimum || Math.abs(result - (notional * ratePpm) / 1e6) <= 0.5));
}

function assertStopOut({ balance, legs, equity, usedMargin, stopOutPercent, threshold }: StopOutExplanation): void {
  assert.equal(
    legs.reduce((sum, { unrealizedPnl }) => sum + unrealizedPnl, balance as number),
    equity,
  );
  assert.equal(threshold, Math.floor((usedMargin * stopOutPercent) / 100));
  assert.ok(equity <= threshold);
}
