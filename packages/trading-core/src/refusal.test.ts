import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from './numbers/units.ts';
import { type RefusalCode, type RefusalFigures, refusals } from './refusal.ts';
import { hashShard } from './shard/hash-shard.ts';
import { type Book, openBook, plainProfile } from './testing/book.ts';

interface Situation {
  readonly when: string;
  /** Leads up to it. */
  readonly given?: (book: Book) => unknown;
  /** What is refused. The quote is 1,000 / 1,010, the account holds 1,000,000. */
  readonly doing: (book: Book) => string[];
  readonly figures: RefusalFigures;
}

const reason = (text: string) => ({ reason: text });
const slippage = reason('seenPrice and slippageMax go together, as whole ticks');
const badAmount = 'the amount is not a whole number of micros, or zero, or has no reason';
const deposit = (book: Book, amount: number, account = 'A') =>
  book.do({ type: 'deposit', at: book.at, accountId: account, amount: micros(amount) });
const setLimits = (book: Book) => book.openAccount('L', { profile: { name: 'limited' } });
const nobody = { account: 'nobody' };

const ofNobody: readonly Situation[] = (
  [
    ['order', (book) => book.buy(1, nobody)],
    ['change of an order', (book) => book.modifyOrder(1, { ...nobody, quantity: 2 })],
    ['cancellation', (book) => book.cancel(1, 'nobody')],
    ['cancellation of all', (book) => book.cancelAll(nobody)],
    ['change of a position', (book) => book.modifyPosition(1, { ...nobody, stopLoss: 900 })],
    ['close', (book) => book.close(1, 1, nobody)],
    ['close of all', (book) => book.closeAll(nobody)],
    ['deposit', (book) => book.deposit(1, 'nobody')],
    ['withdrawal', (book) => book.withdraw(1, 'nobody')],
    ['adjustment', (book) => book.adjust(1, 'nobody')],
  ] as const satisfies readonly (readonly [string, Situation['doing']])[]
).map(([what, doing]) => ({ when: `of a ${what}`, doing, figures: { accountId: 'nobody' } }));

/** Every code, and every place that gives it, with the figures that it gives. */
const situations: Readonly<Record<RefusalCode, readonly Situation[]>> = {
  'invalid-command': [
    {
      when: 'an order has no clientOrderId',
      doing: (book) => book.buy(1, { clientOrderId: '' }),
      figures: reason('clientOrderId is empty'),
    },
    {
      when: 'a limit order has no limit',
      doing: (book) => book.place('buy', 'limit', 1),
      figures: reason('limitPrice is missing'),
    },
    {
      when: 'a market order has a limit',
      doing: (book) => book.buy(1, { limitPrice: 900 }),
      figures: reason('limitPrice is not used'),
    },
    {
      when: 'a stop order has no stop',
      doing: (book) => book.place('buy', 'stop', 1),
      figures: reason('stopPrice is missing'),
    },
    {
      when: 'a limit order has a stop',
      doing: (book) => book.limit('buy', 1, 900, { stopPrice: 1100 }),
      figures: reason('stopPrice is not used'),
    },
    {
      when: 'a pending order is ioc',
      doing: (book) => book.limit('buy', 1, 900, { timeInForce: 'ioc' }),
      figures: reason('ioc is for market orders, and they are always ioc'),
    },
    {
      when: 'a market order is good till cancelled',
      doing: (book) => book.buy(1, { timeInForce: 'gtc' }),
      figures: reason('ioc is for market orders, and they are always ioc'),
    },
    {
      when: 'a gtd order has no date',
      doing: (book) => book.limit('buy', 1, 900, { timeInForce: 'gtd' }),
      figures: reason('expiresAt is for gtd orders, and they need it'),
    },
    {
      when: 'a gtd order’s date is now',
      doing: (book) => book.limit('buy', 1, 900, { timeInForce: 'gtd', expiresAt: book.at }),
      figures: reason('expiresAt is not a moment to come'),
    },
    {
      when: 'an order has a seen price without a bound',
      doing: (book) => book.buy(1, { seenPrice: 1010 }),
      figures: slippage,
    },
    {
      when: 'a bound on slippage is below zero',
      doing: (book) => book.buy(1, { seenPrice: 1010, slippageMax: -1 }),
      figures: slippage,
    },
    {
      when: 'a pending order has a bound on slippage',
      doing: (book) => book.limit('buy', 1, 900, { seenPrice: 1010, slippageMax: 1 }),
      figures: reason('seenPrice and slippageMax are for market orders'),
    },
    {
      when: 'a close has half a bound on slippage',
      given: (book) => book.buy(1),
      doing: (book) => book.close(1, 1, { slippageMax: 1 }),
      figures: slippage,
    },
    {
      when: 'an order is modified to end in the past',
      given: (book) => book.limit('buy', 1, 900),
      doing: (book) => book.modifyOrder(1, { expiresAt: book.at - 1 }),
      figures: reason('expiresAt is not a moment to come'),
    },
    {
      when: 'a limit order is given a stop',
      given: (book) => book.limit('buy', 1, 900),
      doing: (book) => book.modifyOrder(1, { stopPrice: 1100 }),
      figures: reason('stopPrice is not used'),
    },
    {
      when: 'a stop order is given a limit',
      given: (book) => book.stop('buy', 1, 1100),
      doing: (book) => book.modifyOrder(1, { limitPrice: 900 }),
      figures: reason('limitPrice is not used'),
    },
    {
      when: 'a stop that has been reached is moved',
      given: (book) => [book.stopLimit('buy', 1, 1100, 1050), book.quote(1100, 1100)],
      doing: (book) => book.modifyOrder(1, { stopPrice: 1200 }),
      figures: reason('the stop has been reached'),
    },
    {
      when: 'nothing is deposited',
      doing: (book) => deposit(book, 0),
      figures: { reason: badAmount, amount: 0 },
    },
    {
      when: 'a deposit takes',
      doing: (book) => deposit(book, -1),
      figures: { reason: badAmount, amount: -1 },
    },
    {
      when: 'a deposit is no whole number of micros',
      doing: (book) => deposit(book, 0.5),
      figures: { reason: badAmount, amount: 0.5 },
    },
    {
      when: 'a withdrawal gives',
      doing: (book) => book.withdraw(-1),
      figures: { reason: badAmount, amount: -1_000_000 },
    },
    {
      when: 'an adjustment has no reason',
      doing: (book) => book.adjust(1, 'A', ''),
      figures: { reason: badAmount, amount: 1_000_000 },
    },
    {
      when: 'an adjustment is zero',
      doing: (book) => book.adjust(0),
      figures: { reason: badAmount, amount: 0 },
    },
    {
      when: 'an account has no id',
      doing: (book) => book.do({ type: 'open-account', at: book.at, accountId: '', mode: 'hedging', profile: 'plain' }),
      figures: reason('accountId is empty'),
    },
    {
      when: 'an instrument’s terms are none',
      doing: (book) => book.list({ asset: 'UVW', tickValue: 0 }),
      figures: { reason: 'tickValue is below 1', asset: 'UVW' },
    },
  ],
  'invalid-quote': [
    {
      when: 'a quote is crossed',
      doing: (book) => book.quote(1001, 1000, { sequence: 7 }),
      figures: { asset: 'XYZ', bid: 1001, ask: 1000, sequence: 7, min: 1, max: 100_000 },
    },
    {
      when: 'a price is zero',
      doing: (book) => book.quote(0, 1000, { sequence: 7 }),
      figures: { asset: 'XYZ', bid: 0, ask: 1000, sequence: 7, min: 1, max: 100_000 },
    },
    {
      when: 'a price is beyond the limits',
      doing: (book) => book.quote(100_000, 100_001, { sequence: 7 }),
      figures: { asset: 'XYZ', bid: 100_000, ask: 100_001, sequence: 7, min: 1, max: 100_000 },
    },
    {
      when: 'a price is no whole number of ticks',
      doing: (book) => book.quote(1000, 1000.5, { sequence: 7 }),
      figures: { asset: 'XYZ', bid: 1000, ask: 1000.5, sequence: 7, min: 1, max: 100_000 },
    },
    {
      when: 'a sequence is no whole number',
      doing: (book) => book.quote(1000, 1000, { sequence: 7.5 }),
      figures: { asset: 'XYZ', bid: 1000, ask: 1000, sequence: 7.5, min: 1, max: 100_000 },
    },
  ],
  'quote-out-of-order': [
    {
      when: 'a quote comes twice',
      doing: (book) => book.quote(1000, 1010, { sequence: 1 }),
      figures: { asset: 'XYZ', sequence: 1, lastSequence: 1 },
    },
    {
      when: 'a quote is older than the last',
      doing: (book) => book.quote(1000, 1010, { sequence: 0 }),
      figures: { asset: 'XYZ', sequence: 0, lastSequence: 1 },
    },
  ],
  'unknown-account': ofNobody,
  'duplicate-account': [
    {
      when: 'an account is opened twice',
      doing: (book) =>
        book.do({ type: 'open-account', at: book.at, accountId: 'A', mode: 'netting', profile: 'plain' }),
      figures: { accountId: 'A' },
    },
  ],
  'unknown-profile': [
    {
      when: 'an account is opened under no profile',
      doing: (book) => book.do({ type: 'open-account', at: book.at, accountId: 'B', mode: 'hedging', profile: 'none' }),
      figures: { profile: 'none' },
    },
  ],
  'duplicate-client-order-id': [
    {
      when: 'another order has the id',
      given: (book) => book.buy(1, { clientOrderId: 'mine' }),
      doing: (book) => book.buy(2, { clientOrderId: 'mine' }),
      figures: { clientOrderId: 'mine', orderId: 1 },
    },
  ],
  'unknown-instrument': [
    { when: 'of an order', doing: (book) => book.buy(1, { asset: 'UVW' }), figures: { asset: 'UVW' } },
    { when: 'of a quote', doing: (book) => book.quote(1, 1, { asset: 'UVW' }), figures: { asset: 'UVW' } },
    { when: 'of a cancellation of all', doing: (book) => book.cancelAll({ asset: 'UVW' }), figures: { asset: 'UVW' } },
    { when: 'of a close of all', doing: (book) => book.closeAll({ asset: 'UVW' }), figures: { asset: 'UVW' } },
    { when: 'of a halt', doing: (book) => book.setState('halted', 'UVW'), figures: { asset: 'UVW' } },
  ],
  'order-not-open': [
    { when: 'there is no order', doing: (book) => book.cancel(7), figures: { orderId: 7 } },
    {
      when: 'the order is another account’s',
      given: (book) => [book.limit('buy', 1, 900), book.openAccount('B')],
      doing: (book) => book.cancel(1, 'B'),
      figures: { orderId: 1 },
    },
    {
      when: 'a market order is modified, which never waits',
      given: (book) => book.buy(1),
      doing: (book) => book.modifyOrder(1, { quantity: 2 }),
      figures: { orderId: 1 },
    },
    {
      when: 'another account’s order is modified',
      given: (book) => [book.limit('buy', 1, 900), book.openAccount('B')],
      doing: (book) => book.modifyOrder(1, { account: 'B', quantity: 2 }),
      figures: { orderId: 1 },
    },
  ],
  'position-not-open': [
    { when: 'there is no position', doing: (book) => book.close(7), figures: { positionId: 7 } },
    {
      when: 'the position is another account’s',
      given: (book) => [book.buy(1), book.openAccount('B')],
      doing: (book) => book.close(1, 1, { account: 'B' }),
      figures: { positionId: 1 },
    },
    {
      when: 'the position has been closed',
      given: (book) => [book.buy(1), book.close(1)],
      doing: (book) => book.close(1),
      figures: { positionId: 1 },
    },
    {
      when: 'another account’s position is modified',
      given: (book) => [book.buy(1), book.openAccount('B')],
      doing: (book) => book.modifyPosition(1, { account: 'B', stopLoss: 900 }),
      figures: { positionId: 1 },
    },
  ],
  'instrument-halted': [
    {
      when: 'the instrument is halted',
      given: (book) => book.setState('halted'),
      doing: (book) => book.buy(1),
      figures: { asset: 'XYZ', state: 'halted' },
    },
    {
      when: 'the firm is halted',
      given: (book) => [book.buy(1), book.setState('halted', null)],
      doing: (book) => book.close(1),
      figures: { asset: 'XYZ', state: 'halted' },
    },
    {
      when: 'an order would open while only reducing is allowed',
      given: (book) => book.setState('reducing'),
      doing: (book) => book.limit('buy', 1, 900),
      figures: { asset: 'XYZ', state: 'reducing' },
    },
    {
      when: 'an order is modified in a halt',
      given: (book) => [book.limit('buy', 1, 900), book.setState('halted')],
      doing: (book) => book.modifyOrder(1, { quantity: 2 }),
      figures: { asset: 'XYZ', state: 'halted' },
    },
    {
      when: 'a position is modified in a halt',
      given: (book) => [book.buy(1), book.setState('halted')],
      doing: (book) => book.modifyPosition(1, { stopLoss: 900 }),
      figures: { asset: 'XYZ', state: 'halted' },
    },
    {
      when: 'all positions are closed in a halt',
      given: (book) => [book.buy(1), book.setState('halted')],
      doing: (book) => book.closeAll(),
      figures: { asset: 'XYZ', state: 'halted' },
    },
  ],
  'quantity-not-a-step': [
    { when: 'of an order', doing: (book) => book.buy(1.5), figures: { quantity: 1.5 } },
    {
      when: 'of a changed order',
      given: (book) => book.limit('buy', 1, 900),
      doing: (book) => book.modifyOrder(1, { quantity: 1.5 }),
      figures: { quantity: 1.5 },
    },
    {
      when: 'of a close',
      given: (book) => book.buy(2),
      doing: (book) => book.close(1, 1.5),
      figures: { quantity: 1.5 },
    },
  ],
  'quantity-below-minimum': [
    { when: 'of an order', doing: (book) => book.buy(0), figures: { quantity: 0, min: 1 } },
    { when: 'an order is of less than nothing', doing: (book) => book.buy(-1), figures: { quantity: -1, min: 1 } },
    {
      when: 'of a close',
      given: (book) => book.buy(2),
      doing: (book) => book.close(1, 0),
      figures: { quantity: 0, min: 1 },
    },
  ],
  'quantity-above-maximum': [
    { when: 'of an order', doing: (book) => book.buy(10_001), figures: { quantity: 10_001, max: 10_000 } },
    {
      when: 'more is closed than is open',
      given: (book) => book.buy(2),
      doing: (book) => book.close(1, 3),
      figures: { quantity: 3, max: 2 },
    },
  ],
  'price-not-a-tick': [
    {
      when: 'a limit lies between ticks',
      doing: (book) => book.limit('buy', 1, 900.5),
      figures: { field: 'limitPrice', price: 900.5, min: 1, max: 100_000 },
    },
    {
      when: 'a stop lies beyond the limits',
      doing: (book) => book.stop('buy', 1, 100_001),
      figures: { field: 'stopPrice', price: 100_001, min: 1, max: 100_000 },
    },
    {
      when: 'a stop loss is zero',
      doing: (book) => book.buy(1, { stopLoss: 0 }),
      figures: { field: 'stopLoss', price: 0, min: 1, max: 100_000 },
    },
    {
      when: 'a take profit of a position lies between ticks',
      given: (book) => book.buy(1),
      doing: (book) => book.modifyPosition(1, { takeProfit: 1100.5 }),
      figures: { field: 'takeProfit', price: 1100.5, min: 1, max: 100_000 },
    },
    {
      when: 'a trailing stop has no distance',
      doing: (book) => book.buy(1, { trailingDistance: 0 }),
      figures: { field: 'trailingDistance', price: 0, min: 1, max: 100_000 },
    },
  ],
  'price-not-live': [
    {
      when: 'there has been no quote',
      given: (book) => book.list({ asset: 'UVW' }),
      doing: (book) => book.buy(1, { asset: 'UVW' }),
      figures: { asset: 'UVW', status: 'down' },
    },
    {
      when: 'the quote is stale',
      given: (book) => book.quote(1000, 1010, { status: 'stale' }),
      doing: (book) => book.buy(1),
      figures: { asset: 'XYZ', status: 'stale' },
    },
    {
      when: 'a close waits for a live quote',
      given: (book) => [book.buy(1), book.quote(1000, 1010, { status: 'down' })],
      doing: (book) => book.close(1),
      figures: { asset: 'XYZ', status: 'down' },
    },
    {
      when: 'a close of all finds none that is live',
      given: (book) => [book.buy(1), book.quote(1000, 1010, { status: 'down' })],
      doing: (book) => book.closeAll(),
      figures: { asset: 'XYZ', status: 'down' },
    },
    {
      when: 'a leg held is stale',
      given: (book) => [
        book.list({ asset: 'UVW' }),
        book.quote(10, 10, { asset: 'UVW' }),
        book.buy(1, { asset: 'UVW' }),
        book.quote(10, 10, { asset: 'UVW', status: 'stale' }),
      ],
      doing: (book) => book.buy(1),
      figures: { asset: 'UVW', status: 'stale' },
    },
    {
      when: 'a withdrawal needs what a stale leg is worth',
      given: (book) => [book.buy(1), book.quote(1000, 1010, { status: 'stale' })],
      doing: (book) => book.withdraw(1),
      figures: { asset: 'XYZ', status: 'stale' },
    },
  ],
  'level-on-wrong-side': [
    {
      when: 'a buy limit is at the ask',
      doing: (book) => book.limit('buy', 1, 1010),
      figures: { field: 'limitPrice', level: 1010, price: 1010 },
    },
    {
      when: 'a sell stop is above the bid',
      doing: (book) => book.stop('sell', 1, 1001),
      figures: { field: 'stopPrice', level: 1001, price: 1000 },
    },
    {
      when: 'a long’s stop loss is at the bid',
      doing: (book) => book.buy(1, { stopLoss: 1000 }),
      figures: { field: 'stopLoss', level: 1000, price: 1000 },
    },
    {
      when: 'a short’s take profit is at the ask',
      given: (book) => book.sell(1),
      doing: (book) => book.modifyPosition(1, { takeProfit: 1010 }),
      figures: { field: 'takeProfit', level: 1010, price: 1010 },
    },
  ],
  'slippage-exceeded': [
    {
      when: 'a buy has become dearer',
      doing: (book) => book.buy(1, { seenPrice: 1004, slippageMax: 5 }),
      figures: { seenPrice: 1004, price: 1010, slippageMax: 5 },
    },
    {
      when: 'a close has become better by more than the bound',
      given: (book) => book.buy(1),
      doing: (book) => book.close(1, 1, { seenPrice: 994, slippageMax: 5 }),
      figures: { seenPrice: 994, price: 1000, slippageMax: 5 },
    },
  ],
  'amount-too-large': [
    {
      when: 'a balance would leave the integers that are exact',
      doing: (book) => deposit(book, Number.MAX_SAFE_INTEGER),
      figures: { amount: Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
    },
  ],
  'exposure-limit': [
    {
      when: 'of the account’s positions',
      given: (book) => [setLimits(book), book.buy(1, { account: 'L' }), book.buy(1, { account: 'L' })],
      doing: (book) => book.buy(1, { account: 'L' }),
      figures: { limit: 'account-positions', current: 2, added: 1, max: 2 },
    },
    {
      when: 'of the account’s notional',
      given: (book) => [setLimits(book), book.buy(1, { account: 'L' })],
      doing: (book) => book.buy(5, { account: 'L' }),
      figures: { limit: 'account-notional', current: 1_010_000_000, added: 5_050_000_000, max: 6_000_000_000 },
    },
    {
      when: 'of the account’s pending orders',
      given: (book) => [setLimits(book), book.limit('buy', 1, 900, { account: 'L' })],
      doing: (book) => book.limit('buy', 1, 900, { account: 'L' }),
      figures: { limit: 'account-pending-orders', current: 1, added: 1, max: 1 },
    },
    {
      when: 'of the instrument',
      given: (book) => [book.list({ netQuantityMax: 9 }), book.sell(7)],
      doing: (book) => book.sell(3),
      figures: { limit: 'instrument-net-quantity', current: 7, added: 3, max: 9 },
    },
    {
      when: 'of the firm',
      given: (book) => book.buy(90),
      doing: (book) => book.sell(10),
      figures: {
        limit: 'firm-gross-notional',
        current: 90_900_000_000,
        added: 10_000_000_000,
        max: 100_000_000_000,
      },
    },
  ],
  'insufficient-margin': [
    {
      when: 'an order needs more than is free',
      // 10 of spread, 101 of margin.
      given: (book) => book.openAccount('B', { deposit: 100 }),
      doing: (book) => book.buy(1, { account: 'B' }),
      figures: {
        freeMargin: -11_000_000,
        equity: 90_000_000,
        usedMargin: 101_000_000,
        commission: 0,
        spread: 10_000_000,
      },
    },
    {
      when: 'a withdrawal would take what margin needs',
      given: (book) => [book.openAccount('B', { deposit: 200 }), book.buy(1, { account: 'B' })],
      doing: (book) => book.withdraw(90, 'B'),
      figures: { amount: 90_000_000, freeMargin: 89_000_000 },
    },
  ],
  'insufficient-balance': [
    {
      when: 'more is withdrawn than is there',
      doing: (book) => book.withdraw(1_000_001),
      figures: { amount: 1_000_001_000_000, balance: 1_000_000_000_000 },
    },
    {
      when: 'an adjustment would make a debtor',
      doing: (book) => book.adjust(-1_000_001),
      figures: { amount: -1_000_001_000_000, balance: 1_000_000_000_000 },
    },
  ],
};

const limited = { name: 'limited', openPositionsMax: 2, pendingOrdersMax: 1, notionalMax: micros(6_000_000_000) };

function open(): Book {
  const book = openBook({ grossNotionalMax: 100_000, profiles: [{ ...plainProfile, ...limited }] });
  book.quote(1000, 1010);
  return book;
}

describe('refusals', () => {
  for (const code of Object.keys(refusals) as RefusalCode[]) {
    describe(code, () => {
      const rows = situations[code];
      it('is reached', () => assert.ok(rows.length > 0));

      for (const { when, given, doing, figures } of rows) {
        it(when, () => {
          const book = open();
          given?.(book);
          const before = hashShard(book.shard);
          assert.deepEqual(doing(book), [`refused ${code}`]);
          assert.deepEqual(book.figures, figures);
          assert.equal(hashShard(book.shard), before, 'a refusal changes nothing');
        });
      }
    });
  }

  it('come in order of precedence', () => {
    // Everything is wrong with this order; each line sets one thing right.
    const book = open();
    book.list({ asset: 'UVW', quantityMax: 10, netQuantityMax: 4 });
    book.setState('halted', 'UVW');
    const order = { clientOrderId: 'c', asset: 'nothing', account: 'nobody', stopPrice: 1 };
    const place = (quantity: number, given: object) => book.buy(quantity, { ...order, ...given });
    assert.deepEqual(place(1.5, {}), ['refused invalid-command']);
    const sound = { stopPrice: undefined, stopLoss: 0.5, seenPrice: 500, slippageMax: 1 } as object;
    assert.deepEqual(place(1.5, sound), ['refused unknown-account']);
    book.buy(1, { clientOrderId: 'c' });
    const known = { ...sound, account: 'A' };
    assert.deepEqual(place(1.5, known), ['refused duplicate-client-order-id']);
    const unique = { ...known, clientOrderId: 'd' };
    assert.deepEqual(place(1.5, unique), ['refused unknown-instrument']);
    const listed = { ...unique, asset: 'UVW' };
    assert.deepEqual(place(1.5, listed), ['refused instrument-halted']);
    book.setState('active', 'UVW');
    assert.deepEqual(place(1.5, listed), ['refused quantity-not-a-step']);
    assert.deepEqual(place(0, listed), ['refused quantity-below-minimum']);
    assert.deepEqual(place(11, listed), ['refused quantity-above-maximum']);
    assert.deepEqual(place(5, listed), ['refused price-not-a-tick']);
    const onTick = { ...listed, stopLoss: 1001 };
    assert.deepEqual(place(5, onTick), ['refused price-not-live']);
    book.quote(1000, 1000, { asset: 'UVW' });
    assert.deepEqual(place(5, onTick), ['refused level-on-wrong-side']);
    const below = { ...onTick, stopLoss: 999 };
    assert.deepEqual(place(5, below), ['refused slippage-exceeded']);
    const near = { ...below, seenPrice: 1000 };
    book.adjust(-999_999);
    assert.deepEqual(place(5, near), ['refused exposure-limit']);
    assert.deepEqual(place(4, near), ['refused insufficient-margin']);
    book.deposit(1_000);
    assert.deepEqual(place(4, near)[0], 'accepted o2');
  });
});
