import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Micros, micros } from '../numbers/units.ts';
import { type Book, openBook } from '../testing/book.ts';

const MAX = Number.MAX_SAFE_INTEGER;

const move = (book: Book, type: 'deposit' | 'withdraw', amount: number) =>
  book.do({ type, at: book.at, accountId: 'A', amount: micros(amount) });

function holdTen(deposit = 2_000): Book {
  const book = openBook({ deposit });
  book.quote(1_000, 1_000);
  book.buy(10); // used margin 1,000
  return book;
}

describe('deposit', () => {
  it('adds to the balance, from outside', () => {
    const book = openBook({ deposit: 0 });
    assert.deepEqual(book.deposit(12.5), ['deposited A 12.5']);
    assert.equal(book.balance, 12.5);
    assert.equal(book.shard.house['external:deposits'].value, -12_500_000n);
  });

  it('is taken while trading is halted and quotes are stale', () => {
    const book = holdTen();
    book.quote(1_000, 1_000, { status: 'down' });
    book.setState('halted', null);
    assert.deepEqual(book.deposit(1), ['deposited A 1']);
  });

  it('may fill the balance to what is exact, not more', () => {
    const book = openBook({ deposit: 0 });
    assert.deepEqual(move(book, 'deposit', MAX), ['deposited A 9007199254.740991']);
    assert.deepEqual(move(book, 'deposit', 1), ['refused amount-too-large']);
    assert.deepEqual(book.figures, { amount: 1, max: MAX });
  });

  it('leaves room for what prices can do to open positions, twice', () => {
    // A step can move 99,999 units: reach 99,999 × 10⁶ micros.
    const reach = 99_999_000_000;
    const book = openBook({ deposit: 1_000 });
    book.quote(1_000, 1_000);
    book.buy(1);
    const room = MAX - 2 * reach - 1_000_000_000;
    assert.deepEqual(move(book, 'deposit', room + 1), ['refused amount-too-large']);
    assert.equal(move(book, 'deposit', room).length, 1);
  });
});

describe('withdrawal', () => {
  it('takes all of a balance without positions, and no more', () => {
    const book = openBook({ deposit: 100 });
    assert.deepEqual(move(book, 'withdraw', 100_000_001), ['refused insufficient-balance']);
    assert.deepEqual(book.withdraw(100), ['withdrawn A 100']);
    assert.equal(book.balance, 0);
    assert.deepEqual(move(book, 'withdraw', 1), ['refused insufficient-balance']);
    assert.equal(book.shard.house['external:deposits'].value, 0n);
  });

  it('leaves what margin needs, to the micro', () => {
    const book = holdTen();
    assert.deepEqual(move(book, 'withdraw', 1_000_000_001), ['refused insufficient-margin']);
    assert.deepEqual(book.figures, { amount: 1_000_000_001, freeMargin: 1_000_000_000 });
    assert.equal(book.withdraw(1_000)[0], 'withdrawn A 1000');
    assert.equal(book.equity, book.usedMargin);
  });

  it('leaves what margin needs after a loss, and not what is lost', () => {
    const book = holdTen();
    book.quote(950, 950); // −500: free 500
    assert.deepEqual(book.withdraw(501), ['refused insufficient-margin']);
    assert.equal(book.withdraw(500)[0], 'withdrawn A 500');
  });

  it('is refused whole while free margin is below zero', () => {
    const book = holdTen();
    book.quote(890, 890); // equity 900 of 1,000
    assert.deepEqual(move(book, 'withdraw', 1), ['refused insufficient-margin']);
    assert.deepEqual(book.figures, { amount: 1, freeMargin: -100_000_000 });
  });

  it('never takes unrealized profit', () => {
    const book = holdTen();
    book.quote(2_000, 2_000); // equity 12,000, balance 2,000
    assert.deepEqual(book.withdraw(2_001), ['refused insufficient-balance']);
    assert.deepEqual(book.withdraw(2_000), ['withdrawn A 2000']);
    assert.equal(book.balance, 0);
  });

  it('is refused with a stale leg, even of what is surely free', () => {
    const book = holdTen();
    book.quote(1_000, 1_000, { status: 'stale' });
    assert.deepEqual(move(book, 'withdraw', 1), ['refused price-not-live']);
    book.quote(1_000, 1_000);
    assert.equal(move(book, 'withdraw', 1).length, 1);
  });

  it('is taken without positions whatever the quotes', () => {
    const book = openBook();
    assert.deepEqual(book.withdraw(1), ['withdrawn A 1']);
  });
});

describe('adjustment', () => {
  it('gives and takes, against the house’s profit and loss', () => {
    const book = openBook({ deposit: 100 });
    assert.deepEqual(book.adjust(5), ['balance-adjusted A 5']);
    assert.deepEqual(book.adjust(-105), ['balance-adjusted A -105']);
    assert.equal(book.balance, 0);
    assert.equal(book.shard.house['house:pnl'].value, 100_000_000n);
  });

  it('does not make a debtor of a client', () => {
    const book = openBook({ deposit: 100 });
    assert.deepEqual(book.adjust(-100.5), ['refused insufficient-balance']);
    assert.deepEqual(book.figures, { amount: -100_500_000, balance: 100_000_000 });
    assert.equal(book.adjust(-100).length, 1);
    assert.deepEqual(book.adjust(-1), ['refused insufficient-balance']);
  });

  it('does not make a debt larger, and may make it smaller', () => {
    const book = openBook({ deposit: 100, profile: { negativeBalanceProtection: false } });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.quote(700, 700);
    assert.equal(book.balance, -200);
    assert.deepEqual(book.adjust(-1), ['refused insufficient-balance']);
    assert.deepEqual(book.adjust(150), ['balance-adjusted A 150']);
    assert.equal(book.balance, -50);
  });

  it('may cost an account its positions', () => {
    const book = holdTen();
    assert.deepEqual(book.adjust(-1_600).slice(1), [
      'margin-called A equity 400 used 1000',
      'stopped-out A equity 400 used 1000',
      'closed p1 sell 10 @ 1000 by stop-out, pnl 0',
      'margin-call-cleared A',
    ]);
  });

  it('keeps its reason', () => {
    const book = openBook();
    book.adjust(1, 'A', 'goodwill');
    assert.partialDeepStrictEqual(book.events.at(-1), { amount: 1_000_000, reason: 'goodwill' });
  });

  it('that leaves the integers that are exact is too large', () => {
    const book = openBook({ deposit: 1 });
    assert.deepEqual(book.do({ type: 'adjust-balance', at: 0, accountId: 'A', amount: MAX as Micros, reason: 'r' }), [
      'refused amount-too-large',
    ]);
  });
});
