import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FillFacts } from '@repo/db';
import { FillExplanationSchema } from '@repo/schemas';
import {
  type Command,
  createShard,
  decide,
  defaultProfiles,
  defaultTerms,
  type Event,
  type Fill,
  micros,
  type OrderTerms,
  receiveQuote,
  steps,
  ticks,
} from '@repo/trading-core';
import { presentExplanation } from './present-explanation.ts';

const ACCOUNT = '0b5e6f3a-8f5e-4a3c-9b1f-1a2b3c4d5e6f';
const AT = Date.UTC(2026, 10, 22);
const SOL = 'SOL_USDC';

/** A shard of the core with one account, and what happened in it. */
class Desk {
  readonly events: Event[] = [];
  readonly shard = createShard({
    profiles: defaultProfiles,
    grossNotionalMax: micros(Number.MAX_SAFE_INTEGER),
    recentOrdersMax: 10,
  });
  #sequence = 0;

  constructor(deposit = 10_000_000_000) {
    for (const terms of defaultTerms) this.do({ type: 'list-instrument', at: AT, terms });
    this.do({ type: 'open-account', at: AT, accountId: ACCOUNT, mode: 'hedging', profile: 'professional' });
    this.do({ type: 'deposit', at: AT, accountId: ACCOUNT, amount: micros(deposit) });
  }

  do(command: Command): this {
    const outcome = decide(this.shard, command);
    if (outcome.type !== 'accepted') assert.fail(JSON.stringify(outcome));
    this.events.push(...outcome.events);
    return this;
  }

  price(bid: number, ask: number): this {
    this.#sequence += 1;
    const quote = { asset: SOL, bid: ticks(bid), ask: ticks(ask), sequence: this.#sequence, at: AT, source: 'replay' };
    const outcome = receiveQuote(this.shard, { ...quote, status: 'live' });
    if (outcome.type === 'accepted') this.events.push(...outcome.events);
    return this;
  }

  place(side: 'buy' | 'sell', more: Partial<OrderTerms> & { readonly orderType?: OrderTerms['type'] } = {}): this {
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null));
    const order = { at: AT, accountId: ACCOUNT, asset: SOL, orderType: 'market', quantity: steps(100) };
    const clientOrderId = `o-${this.events.length}`;
    return this.do({ type: 'place-order', ...order, side, clientOrderId, ...given } as Command);
  }

  /** The explanation of the last fill. */
  explained() {
    const event = this.events.findLast((one) => 'fill' in one) as Event & { readonly fill: Fill };
    const terms = defaultTerms.find(({ asset }) => asset === event.fill.asset);
    assert.ok(event && terms);
    const stopOut = this.events.findLast((one) => one.type === 'account-stopped-out');
    const { at, sequence, fill } = event;
    const facts: FillFacts = { shard: 3, accountId: ACCOUNT, at, sequence, fill, event, terms, stopOut };
    const presented = presentExplanation(facts);
    FillExplanationSchema.parse(presented);
    return presented;
  }
}

const t = ticks;
const open = () => new Desk().price(15_000, 15_010);

const rows: readonly [what: string, desk: Desk, sentences: readonly string[]][] = [
  ['a market order', open().place('buy'), ['Your market order bought 1.00 SOL at the ask, 150.10.']],
  ['a market order to sell', open().place('sell'), ['Your market order sold 1.00 SOL at the bid, 150.00.']],
  [
    'a limit that was passed',
    open()
      .place('buy', { orderType: 'limit', limitPrice: t(14_950) })
      .price(14_900, 14_910),
    ['The ask was 149.10 and reached your limit at 149.50, so you bought 1.00 SOL there: 0.40 better than the level.'],
  ],
  [
    'a stop that was jumped over',
    open()
      .place('buy', { orderType: 'stop', stopPrice: t(15_100) })
      .price(15_200, 15_210),
    [
      'The ask rose to 152.10 and reached your stop at 151.00.',
      'The next real price was 152.10, so you bought 1.00 SOL there: 1.10 worse than the level.',
    ],
  ],
  [
    'a stop at its level',
    open()
      .place('sell', { orderType: 'stop', stopPrice: t(14_900) })
      .price(14_900, 14_910),
    ['The bid fell to 149.00 and reached your stop at 149.00, so you sold 1.00 SOL there: exactly at the level.'],
  ],
  [
    'a stop loss in a gap',
    open()
      .place('buy', { stopLoss: t(14_950) })
      .price(14_910, 14_920),
    [
      'The bid fell to 149.10 and reached your stop loss at 149.50.',
      'The next real price was 149.10, so you closed 1.00 SOL there: 0.40 worse than the level.',
      'Your long had been opened at 150.10 on average: (149.10 − 150.10) × 1.00 is a loss of 1.00 USD.',
    ],
  ],
  [
    'a stop loss of a short',
    open()
      .place('sell', { stopLoss: t(15_050) })
      .price(15_080, 15_090),
    [
      'The ask rose to 150.90 and reached your stop loss at 150.50.',
      'The next real price was 150.90, so you closed 1.00 SOL there: 0.40 worse than the level.',
      'Your short had been opened at 150.00 on average: (150.00 − 150.90) × 1.00 is a loss of 0.90 USD.',
    ],
  ],
  [
    'a take profit',
    open()
      .place('buy', { takeProfit: t(15_100) })
      .price(15_150, 15_160),
    [
      'The bid was 151.50 and reached your take profit at 151.00, so you closed 1.00 SOL there: 0.50 better than the level.',
      'Your long had been opened at 150.10 on average: (151.50 − 150.10) × 1.00 is a profit of 1.40 USD.',
    ],
  ],
  [
    'a trailing stop',
    open()
      .place('buy', { trailingDistance: t(100) })
      .price(15_200, 15_210)
      .price(15_090, 15_100),
    [
      'The bid fell to 150.90 and reached your trailing stop at 151.00.',
      'The next real price was 150.90, so you closed 1.00 SOL there: 0.10 worse than the level.',
      'Your long had been opened at 150.10 on average: (150.90 − 150.10) × 1.00 is a profit of 0.80 USD.',
    ],
  ],
  [
    'a close at the price that it was opened at',
    open().place('buy').price(15_010, 15_020).do({ type: 'close-position', at: AT, accountId: ACCOUNT, positionId: 1 }),
    [
      'You closed 1.00 SOL of your long at the bid, 150.10.',
      'Your long had been opened at 150.10 on average: (150.10 − 150.10) × 1.00 is neither a profit nor a loss.',
    ],
  ],
];

describe('the explanation of a fill', () => {
  for (const [what, desk, sentences] of rows) {
    it(`of ${what}`, () => {
      const explanation = desk.explained();
      assert.deepEqual(explanation.sentences.slice(0, sentences.length), sentences);
      assert.equal(explanation.sentences.length, sentences.length + 2, 'and its commission and quote');
    });
  }

  it('has every figure in it', () => {
    const explanation = open()
      .place('buy', { stopLoss: t(14_950) })
      .price(14_910, 14_920)
      .explained();
    assert.equal(explanation.filledAt, 'bid');
    assert.deepEqual(explanation.condition, { price: '149.10', comparison: 'at-or-below', level: '149.50' });
    assert.deepEqual(explanation.realizedPnl, { price: '149.10', quantity: '1.00', cost: '150.10', result: '-1.00' });
    assert.deepEqual(explanation.commission, {
      notional: '149.10',
      ratePercent: '0.05',
      minimum: '0.00',
      result: '0.07455',
    });
    assert.deepEqual(explanation.sentences.slice(-2), [
      'The commission was 0.07455 USD: 0.05 % of 149.10 USD.',
      'The price was number 2 of SOL_USDC, from replay at 2026-11-22T00:00:00.000Z: bid 149.10, ask 149.20.',
    ]);
  });

  it('of a stop-out begins with the account as it was', () => {
    const desk = new Desk(1_000_000_000).price(15_000, 15_010).place('buy', { quantity: steps(10_000) });
    const explanation = desk.price(14_300, 14_310).explained();
    // 1000 − 7.505 − 710 = 282.495 of 750.50.
    assert.deepEqual(explanation.stopOut, {
      at: AT,
      balance: '992.495',
      equity: '282.495',
      usedMargin: '750.50',
      marginLevel: '37.64',
      stopOutPercent: 50,
      threshold: '375.25',
      legs: [
        {
          asset: SOL,
          bid: '143.00',
          ask: '143.10',
          status: 'live',
          longQuantity: '100.00',
          longOpenPrice: '150.10',
          shortQuantity: '0.00',
          shortOpenPrice: '0',
          unrealizedPnl: '-710.00',
        },
      ],
    });
    assert.deepEqual(explanation.sentences.slice(0, 6), [
      'Your margin level had fallen to 37.64 %, and at 50 % positions are closed.',
      'Your equity was 282.495 USD and your used margin 750.50 USD: the stop-out began at an equity of 375.25 USD.',
      'The equity was your balance of 992.495 USD and what your positions had gained or lost:',
      'SOL_USDC: long 100.00 SOL from 150.10, at bid 143.00 and ask 143.10: a loss of 710.00 USD.',
      'So 100.00 SOL of your long was closed at the bid, 143.00.',
      'Your long had been opened at 150.10 on average: (143.00 − 150.10) × 100.00 is a loss of 710.00 USD.',
    ]);
  });
});
