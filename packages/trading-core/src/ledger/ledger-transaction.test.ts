import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '../event.ts';
import { type Book, openBook } from '../testing/book.ts';
import { ledgerTransaction } from './ledger-transaction.ts';

/** The transaction of the last event of a type, as `cause: account amount, …`. */
function told(book: Book, type: Event['type']): string {
  const event = book.events.findLast((candidate) => candidate.type === type);
  assert.ok(event !== undefined);
  const transaction = ledgerTransaction(event);
  if (transaction === undefined) return 'none';
  assert.equal(transaction.at, event.at);
  return `${transaction.cause}: ${transaction.entries.map(({ account, amount }) => `${account} ${amount}`).join(', ')}`;
}

describe('ledgerTransaction', () => {
  it('of a deposit, a withdrawal and adjustments, by the event’s sequence', () => {
    const book = openBook({ deposit: 100 });
    const first = book.events.at(-1)?.sequence ?? 0;
    assert.equal(told(book, 'deposited'), `deposit:${first}: external:deposits -100000000, client:A 100000000`);
    book.withdraw(40);
    assert.equal(told(book, 'withdrawn'), `withdrawal:${first + 1}: client:A -40000000, external:deposits 40000000`);
    book.adjust(1);
    assert.equal(told(book, 'balance-adjusted'), `adjustment:${first + 2}: house:pnl -1000000, client:A 1000000`);
    book.adjust(-1);
    assert.equal(told(book, 'balance-adjusted'), `adjustment:${first + 3}: house:pnl 1000000, client:A -1000000`);
  });

  it('of fills, by the fill: profit and loss, commission, and rounding by whole micros', () => {
    // 500 ppm of 1,000 micros is half a micro: 0 is paid, and a half carried.
    const book = openBook({ terms: { tickValue: 1, commissionPpm: 500 } });
    book.quote(1_000, 1_000);
    book.buy(1);
    assert.equal(told(book, 'position-opened'), 'none');
    book.buy(1); // the second half makes a micro
    assert.equal(told(book, 'position-opened'), 'fill:2: house:rounding -1, house:commission 1');
    book.quote(3_000, 3_000);
    book.close(1); // 1.5: 2 are paid, half a micro too much
    assert.equal(
      told(book, 'position-closed'),
      'fill:3: house:pnl -2000, client:A 2000, client:A -2, house:commission 2',
    );
    book.close(2); // and the other half
    assert.equal(
      told(book, 'position-closed'),
      'fill:4: house:pnl -2000, client:A 2000, client:A -2, house:commission 2, house:rounding 1, house:commission -1',
    );
    assert.equal(book.shard.roundingCarry, 0);
    // 0.5 + 0.5 + 1.5 + 1.5
    assert.equal(book.shard.house['house:commission'].value, 4n);
    assert.equal(book.shard.house['house:rounding'].value, 0n);
  });

  it('of a loss, of a part', () => {
    const book = openBook();
    book.quote(1_000, 1_000);
    book.buy(3);
    book.quote(990, 990);
    book.close(1, 2);
    assert.equal(told(book, 'position-reduced'), 'fill:2: house:pnl 20000000, client:A -20000000');
  });

  it('of a swap, by position and day', () => {
    const book = openBook({ terms: { swapLongPpm: 360_000, swapShortPpm: -360_000 } });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.sell(2);
    const day = Math.floor(book.at / 86_400_000);
    book.advance(book.at + 86_400_000);
    assert.equal(told(book, 'swap-charged'), `swap:2:${day}: client:A 2000000, house:swap -2000000`);
    assert.equal(book.shard.house['house:swap'].value, -1_000_000n);
  });

  it('of an event that moves no money is none', () => {
    const book = openBook();
    book.quote(1_000, 1_000);
    book.buy(1);
    book.limit('buy', 1, 900);
    book.cancel(2);
    book.close(1); // at the price it was bought: no profit, no commission
    book.setState('halted');
    const types: readonly Event['type'][] = [
      ...(['instrument-listed', 'account-opened', 'order-accepted', 'order-filled', 'order-cancelled'] as const),
      ...(['position-opened', 'position-closed', 'trading-state-changed'] as const),
    ];
    for (const type of types) assert.equal(told(book, type), 'none', type);
  });
});
