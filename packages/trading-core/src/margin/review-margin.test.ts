import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

// A long of 1 bought at 1,000 with 1:10: used margin 100, and equity moves one for one with the bid.
function holdOne(deposit = 200): Book {
  const book = openBook({ deposit });
  book.quote(1000, 1000);
  book.buy(1);
  return book;
}

describe('margin call', () => {
  it('is made once at or below 100 %, and again only after the level has been above 110 %', () => {
    const book = holdOne();
    for (const [price, events] of [
      [901, []], // 101 %
      [900, ['margin-called A equity 100 used 100']], // 100 %
      [899, []],
      [900, []],
      [905, []], // above the call, not above the reset
      [899, []],
      [910, []], // 110 %: at the reset, not above it
      [900, []],
      [911, ['margin-call-cleared A']],
      [901, []],
      [860, ['margin-called A equity 60 used 100']], // a gap
      [950, ['margin-call-cleared A']],
    ] as const) {
      assert.deepEqual(book.quote(price, price), events, `at ${price}`);
    }
  });

  it('is exact to the micro', () => {
    // One tick of one step is one micro; used margin 1,003 / 10 rounded up = 101; 110 % of it is 111.1.
    const book = openBook({ terms: { tickValue: 1 }, deposit: 0.000_301 });
    book.quote(1003, 1003);
    book.buy(1);
    assert.equal(book.account.usedMargin, 101);
    assert.deepEqual(book.quote(804, 804), []); // 102
    assert.deepEqual(book.quote(803, 803), ['margin-called A equity 0.000101 used 0.000101']);
    assert.deepEqual(book.quote(813, 813), []); // 111
    assert.deepEqual(book.quote(814, 814), ['margin-call-cleared A']); // 112
  });

  it('of a short comes from the ask', () => {
    const book = openBook({ deposit: 200 });
    book.quote(1000, 1000);
    book.sell(1);
    assert.deepEqual(book.quote(1000, 1099), []);
    assert.deepEqual(book.quote(1000, 1100), ['margin-called A equity 100 used 100']);
    assert.deepEqual(book.quote(1000, 1090), []);
    assert.deepEqual(book.quote(1000, 1089), ['margin-call-cleared A']);
  });

  it('comes at once with a fill that uses up the free margin', () => {
    const book = openBook({ deposit: 100 });
    book.quote(1000, 1000);
    assert.deepEqual(book.buy(1).at(-1), 'margin-called A equity 100 used 100');
  });

  it('is cleared by a deposit, a close or an end of all positions', () => {
    const book = holdOne();
    book.quote(900, 900);
    assert.deepEqual(book.deposit(10), ['deposited A 10']); // 110 %
    assert.deepEqual(book.deposit(0.000_001), ['deposited A 0.000001', 'margin-call-cleared A']);

    const partly = openBook({ deposit: 200 });
    partly.quote(1000, 1000);
    partly.buy(2);
    assert.deepEqual(partly.close(1, 1).slice(1), ['margin-call-cleared A']);

    const wholly = holdOne(100);
    assert.deepEqual(wholly.close(1).slice(1), ['margin-call-cleared A']);
  });

  it('follows a withdrawal of all free margin, and an adjustment', () => {
    const book = holdOne();
    assert.deepEqual(book.withdraw(100), ['withdrawn A 100', 'margin-called A equity 100 used 100']);
    const adjusted = holdOne();
    assert.deepEqual(adjusted.adjust(-120), ['balance-adjusted A -120', 'margin-called A equity 80 used 100']);
  });

  it('follows a swap that takes the free margin', () => {
    // 36 % a year of 1,000 is 1 a day.
    const book = openBook({ deposit: 101, terms: { swapLongPpm: 360_000 } });
    book.quote(1000, 1000);
    book.buy(1);
    assert.deepEqual(book.advance(book.at + 86_400_000), [
      'swap p1 ×1 1',
      'trading-day-ended',
      'margin-called A equity 100 used 100',
    ]);
  });

  it('is not made on a stale or down quote, but with the next live one', () => {
    const book = holdOne();
    assert.deepEqual(book.quote(880, 880, { status: 'stale' }), []);
    assert.deepEqual(book.quote(880, 880, { status: 'down' }), []);
    assert.deepEqual(book.quote(880, 880), ['margin-called A equity 80 used 100']);
  });

  it('is not made while trading is halted, but with the first quote after', () => {
    const book = holdOne();
    book.setState('halted');
    assert.deepEqual(book.quote(880, 880), []);
    book.setState('reducing');
    assert.deepEqual(book.quote(880, 880), ['margin-called A equity 80 used 100']);
  });

  it('sums the instruments of an account', () => {
    const book = openBook({ deposit: 300 });
    book.list({ asset: 'UVW' });
    book.quote(1000, 1000);
    book.quote(1000, 1000, { asset: 'UVW' });
    book.buy(1);
    book.sell(1, { asset: 'UVW' }); // used 200, free 100
    assert.deepEqual(book.quote(950, 950), []);
    assert.deepEqual(book.quote(1049, 1049, { asset: 'UVW' }), []);
    assert.deepEqual(book.quote(1050, 1050, { asset: 'UVW' }), ['margin-called A equity 200 used 200']);
    assert.deepEqual(book.quote(970, 970), []);
    assert.deepEqual(book.quote(1049, 1049, { asset: 'UVW' }), ['margin-call-cleared A']);
  });
});
