import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOON, openBook } from '../testing/book.ts';

const until = (ms: number) => ({ timeInForce: 'gtd', expiresAt: NOON + ms }) as const;

describe('time in force', () => {
  it('fits the order’s type', () => {
    const rows = [
      ['market', {}, 'taken'],
      ['market', { timeInForce: 'ioc' }, 'taken'],
      ['market', { timeInForce: 'gtc' }, 'refused'],
      ['market', until(1), 'refused'],
      ['market', { expiresAt: NOON + 1 }, 'refused'],
      ['limit', {}, 'taken'],
      ['limit', { timeInForce: 'gtc' }, 'taken'],
      ['limit', until(1), 'taken'],
      ['limit', { timeInForce: 'ioc' }, 'refused'],
      ['limit', { timeInForce: 'gtd' }, 'refused'],
      ['limit', { timeInForce: 'gtc', expiresAt: NOON + 1 }, 'refused'],
      ['limit', { expiresAt: NOON + 1 }, 'refused'],
      ['limit', until(0), 'refused'],
      ['limit', until(-1), 'refused'],
      ['limit', until(0.5), 'refused'],
      ['limit', until(Number.NaN), 'refused'],
    ] as const;
    for (const [type, given, expected] of rows) {
      const book = openBook();
      book.quote(100, 102);
      const told = book.place('buy', type, 1, { ...given, ...(type === 'limit' ? { limitPrice: 95 } : {}) });
      const label = `${type} ${JSON.stringify(given)}`;
      assert.equal(told[0], expected === 'taken' ? 'accepted o1' : 'refused invalid-command', label);
    }
  });

  it('defaults to gtc for orders that wait and ioc for market orders', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(1);
    book.limit('buy', 1, 95);
    const accepted = book.events.filter((event) => event.type === 'order-accepted');
    assert.deepEqual(
      accepted.map(({ terms }) => terms.timeInForce),
      ['ioc', 'gtc'],
    );
  });
});

describe('advance-time', () => {
  it('ends orders whose moment has come, equal included', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 1, 95, until(1_000));
    book.limit('buy', 1, 95);
    assert.deepEqual(book.advance(NOON + 999), []);
    assert.deepEqual(book.advance(NOON + 1_000), ['expired o1']);
    assert.deepEqual(book.advance(NOON + 1_000), []);
    assert.deepEqual(book.quote(93, 95), ['opened p1 buy 1 @ 95 by limit at 95', 'filled o2']);
    assert.equal(book.shard.expiries.size, 0);
  });

  it('ends the soonest first, of equal ones the older', () => {
    const book = openBook();
    book.quote(100, 102);
    for (const ms of [3, 1, 2, 1, 9]) book.limit('buy', 1, 95, until(ms));
    book.modifyOrder(3, { expiresAt: NOON + 1 });
    assert.deepEqual(book.advance(NOON + 5), ['expired o2', 'expired o3', 'expired o4', 'expired o1']);
    assert.deepEqual([...book.shard.orders.keys()], [5]);
  });

  it('has nothing to end of orders that are filled, cancelled or good till cancelled by now', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 1, 95, until(1));
    book.limit('sell', 1, 110, until(1));
    book.limit('sell', 1, 120, until(1));
    book.cancel(2);
    book.modifyOrder(3, { expiresAt: null });
    book.quote(93, 95);
    assert.equal(book.shard.expiries.size, 0);
    assert.deepEqual(book.advance(NOON + 1), []);
  });

  it('ends orders while trading is halted and prices are not live', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 1, 95, until(1));
    book.setState('halted', null);
    book.quote(100, 102, { status: 'down' });
    assert.deepEqual(book.advance(NOON + 1), ['expired o1']);
  });
});
