import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from '../numbers/units.ts';
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

  it('opens an account with its first deposit: both, or neither', () => {
    const book = openBook();
    const open = (accountId: string, deposit: number) =>
      book.do({
        type: 'open-account',
        at: book.at,
        accountId,
        mode: 'hedging',
        profile: 'plain',
        deposit: micros(deposit),
      });
    open('B', 10_000_000_001);
    assert.deepEqual(
      book.events.slice(-2).map(({ type, sequence }) => [type, sequence]),
      [
        ['account-opened', book.shard.sequence - 1],
        ['deposited', book.shard.sequence],
      ],
    );
    assert.equal(book.accountOf('B').balance, 10_000_000_001);
    for (const deposit of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
      const { sequence } = book.shard;
      assert.deepEqual(open('C', deposit), ['refused invalid-command'], String(deposit));
      assert.equal(book.shard.accounts.has('C'), false);
      assert.equal(book.shard.sequence, sequence);
    }
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
