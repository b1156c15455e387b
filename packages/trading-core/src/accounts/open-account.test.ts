import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook, plainProfile } from '../testing/book.ts';

describe('open-account', () => {
  it('opens an empty account of its mode and profile', () => {
    const careful = { ...plainProfile, name: 'careful' };
    const book = openBook({ profiles: [careful] });
    book.openAccount('B', { mode: 'netting', profile: careful, deposit: 0 });
    const { mode, profile, balance, usedMargin, openPositions, pendingOrders, isMarginCalled } = book.accountOf('B');
    assert.deepEqual([mode, profile.name, balance, usedMargin], ['netting', 'careful', 0, 0]);
    assert.deepEqual([openPositions, pendingOrders, isMarginCalled], [0, 0, false]);
  });

  it('gives each fill of a hedging account its own position', () => {
    const book = openBook();
    book.quote(1_000, 1_000);
    book.buy(1);
    book.buy(1);
    book.sell(1);
    assert.deepEqual(
      Array.from(book.shard.positions.values(), ({ id, side, quantity }) => [id, side, quantity]),
      [
        [1, 'long', 1],
        [2, 'long', 1],
        [3, 'short', 1],
      ],
    );
  });

  it('gives a netting account one position an instrument: added to, reduced, flipped', () => {
    const book = openBook({ mode: 'netting' });
    const held = () => Array.from(book.shard.positions.values(), ({ id, side, quantity }) => [id, side, quantity]);
    book.quote(1_000, 1_000);
    book.buy(2);
    book.buy(3);
    assert.deepEqual(held(), [[1, 'long', 5]]);
    book.sell(4);
    assert.deepEqual(held(), [[1, 'long', 1]]);
    book.sell(3);
    assert.deepEqual(held(), [[2, 'short', 2]]);
    book.buy(2);
    assert.deepEqual(held(), []);
  });

  it('keeps accounts apart: what one does changes nothing of another’s', () => {
    const book = openBook();
    book.openAccount('B', { deposit: 500 });
    book.quote(1_000, 1_000);
    book.buy(3);
    const { balance, usedMargin, openPositions, legs } = book.accountOf('B');
    assert.deepEqual([balance, usedMargin, openPositions, legs], [500_000_000, 0, 0, []]);
  });
});
