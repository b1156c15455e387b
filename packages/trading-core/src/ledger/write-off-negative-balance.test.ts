import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';
import { ledgerTransaction } from './ledger-transaction.ts';

describe('write-off of a negative balance', () => {
  it('brings it to exactly 0, in a transaction of its own', () => {
    const book = openBook({ deposit: 150 });
    book.quote(1_000, 1_000);
    book.buy(1);
    const events = book.quote(700, 700);
    assert.deepEqual(events.slice(2), [
      'closed p1 sell 1 @ 700 by stop-out, pnl -300',
      'written-off A 150',
      'margin-call-cleared A',
    ]);
    assert.equal(book.balance, 0);
    const event = book.events.find(({ type }) => type === 'negative-balance-written-off');
    assert.ok(event !== undefined);
    assert.deepEqual(ledgerTransaction(event), {
      cause: `write-off:${event.sequence}`,
      at: event.at,
      entries: [
        { account: 'house:negative-balance-write-off', amount: -150_000_000 },
        { account: 'client:A', amount: 150_000_000 },
      ],
    });
  });

  it('never caps the loss itself: the house wins all of it and gives back what was not there', () => {
    const book = openBook({ deposit: 150 });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.quote(700, 700);
    assert.equal(book.shard.house['house:pnl'].value, 300_000_000n);
    assert.equal(book.shard.house['house:negative-balance-write-off'].value, -150_000_000n);
  });

  it('waits for the last position', () => {
    const book = openBook({ deposit: 400 });
    book.list({ asset: 'UVW' });
    book.quote(1_000, 1_000, { asset: 'UVW' });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.sell(1, { asset: 'UVW' });
    book.quote(1_000, 1_000, { asset: 'UVW', status: 'stale' });
    // −950 of 400; p2 cannot be closed yet, and may still win.
    const events = book.quote(50, 50);
    assert.equal(events.at(-1), 'closed p1 sell 1 @ 50 by stop-out, pnl -950');
    assert.equal(book.balance, -550);
    // p2 wins 450 of it: 100 are left to write off.
    assert.deepEqual(book.quote(550, 550, { asset: 'UVW' }).slice(-3), [
      'closed p2 buy 1 @ 550 by stop-out, pnl 450',
      'written-off A 100',
      'margin-call-cleared A',
    ]);
    assert.equal(book.balance, 0);
  });

  it('follows a close by the client or by a stop loss as well', () => {
    const book = openBook({ deposit: 100 });
    book.quote(1_000, 1_000);
    book.buy(1, { stopLoss: 990 });
    assert.deepEqual(book.quote(800, 800), [
      'closed p1 sell 1 @ 800 by stop-loss at 990, pnl -200',
      'written-off A 100',
      'margin-call-cleared A',
    ]);

    // Halted, the price falls; a close is the first thing that happens when trading resumes.
    const halted = openBook({ deposit: 200 });
    halted.quote(1_000, 1_000);
    halted.buy(1);
    halted.setState('halted');
    halted.quote(700, 700);
    halted.setState('active');
    assert.deepEqual(halted.close(1), ['closed p1 sell 1 @ 700 by close, pnl -300', 'written-off A 100']);
  });

  it('happens for the commission of the close too', () => {
    const book = openBook({ deposit: 110, terms: { commissionMin: 10_000_000 } });
    book.quote(1_000, 1_000);
    book.buy(1); // balance 100
    book.quote(951, 951); // 51
    assert.deepEqual(book.quote(905, 905).slice(-2), ['written-off A 5', 'margin-call-cleared A']);
  });

  it('does not happen to an account without protection, which stays a debtor', () => {
    const book = openBook({ deposit: 150, profile: { negativeBalanceProtection: false } });
    book.quote(1_000, 1_000);
    book.buy(1);
    assert.ok(!book.quote(700, 700).some((line) => line.startsWith('written-off')));
    assert.equal(book.balance, -150);
    assert.deepEqual(book.withdraw(1), ['refused insufficient-balance']);
    assert.deepEqual(book.deposit(100), ['deposited A 100']);
    assert.equal(book.balance, -50);
  });

  it('does not happen at exactly 0', () => {
    const book = openBook({ deposit: 150 });
    book.quote(1_000, 1_000);
    book.buy(1);
    assert.ok(!book.quote(850, 850).some((line) => line.startsWith('written-off')));
    assert.equal(book.balance, 0);
  });
});
