import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { micros } from '../numbers/units.ts';
import { openBook } from '../testing/book.ts';

const price = fc.integer({ min: 50, max: 150 });
const spread = fc.integer({ min: 0, max: 5 });
const quantity = fc.integer({ min: 2, max: 500 });
const side = fc.constantFrom('buy' as const, 'sell' as const);
const mode = fc.constantFrom('hedging' as const, 'netting' as const);
// No rate that micros of notional divide by evenly.
const terms = { tickValue: 7, commissionPpm: 333 };
const deposit = 1_000;

describe('whatever is filled', () => {
  it('of a position closed in parts brings what closing it whole does, but for the rounding of commissions', () => {
    fc.assert(
      fc.property(
        side,
        mode,
        price,
        spread,
        price,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 }),
        (opened, accountMode, bid, width, later, parts) => {
          const total = parts.reduce((sum, part) => sum + part, 0);
          const balances = [parts, [total]].map((closes) => {
            const book = openBook({ terms, mode: accountMode, deposit });
            book.quote(bid, bid + width);
            book.place(opened, 'market', total);
            book.quote(later, later + width);
            for (const [index, part] of closes.entries()) {
              const usedBefore = book.usedMargin;
              // By command, or in a netting account also by an opposite order.
              if (accountMode === 'netting' && index % 2 === 0)
                book.place(opened === 'buy' ? 'sell' : 'buy', 'market', part);
              else book.close(1, part);
              assert.ok(book.usedMargin <= usedBefore, 'a part that is closed never raises used margin');
            }
            assert.equal(book.account.openPositions, 0);
            return book.account.balance;
          });
          const [inParts = 0, whole = 0] = balances;
          assert.ok(Math.abs(inParts - whole) <= parts.length, `${inParts} ${whole}`);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a long and a short of one size adds up to minus the costs', () => {
    fc.assert(
      fc.property(mode, price, price, spread, quantity, (accountMode, bid, later, width, size) => {
        const book = openBook({ terms, deposit });
        book.openAccount('B', { mode: accountMode, deposit });
        book.quote(bid, bid + width);
        book.buy(size);
        book.sell(size, { account: 'B' });
        book.quote(later, later + width);
        book.close(1);
        book.close(2, undefined, { account: 'B' });
        const paid = book.events.reduce((sum, event) => sum + ('fill' in event ? event.fill.commission : 0), 0);
        const sum = book.account.balance + book.accountOf('B').balance;
        assert.equal(sum, 2 * deposit * 1_000_000 - paid - 2 * width * size * terms.tickValue);
      }),
      { numRuns: 200 },
    );
  });

  it('is never worth more after an adverse move', () => {
    fc.assert(
      fc.property(side, price, spread, quantity, fc.integer({ min: 1, max: 40 }), (opened, bid, width, size, move) => {
        const book = openBook({ terms, deposit });
        book.quote(bid, bid + width);
        book.place(opened, 'market', size);
        const before = book.equity;
        const moved = bid + (opened === 'buy' ? -move : move);
        book.quote(moved, moved + width);
        assert.equal(Math.round((before - book.equity) * 1_000_000), move * size * terms.tickValue);
      }),
      { numRuns: 200 },
    );
  });

  it('in a netting account ends where a sum of signed quantities does', () => {
    const fills = fc.array(fc.record({ side, size: fc.integer({ min: 1, max: 20 }), bid: price }), { maxLength: 30 });
    fc.assert(
      fc.property(fills, (orders) => {
        const book = openBook({ mode: 'netting', profile: { notionalMax: micros(Number.MAX_SAFE_INTEGER) } });
        let signed = 0;
        let cash = 0;
        for (const { side: of, size, bid } of orders) {
          book.quote(bid, bid + 2);
          assert.equal(book.place(of, 'market', size).at(-1)?.startsWith('filled'), true);
          signed += of === 'buy' ? size : -size;
          cash += of === 'buy' ? -size * (bid + 2) : size * bid;
          const [position, another] = [...book.shard.positions.values()];
          assert.equal(another, undefined);
          assert.equal(position?.quantity ?? 0, Math.abs(signed));
          if (position !== undefined) assert.equal(position.side, signed > 0 ? 'long' : 'short');
          // What is open is worth its cost: cash and cost together are the balance, to the unit.
          const cost = position === undefined ? 0 : position.cost * Math.sign(signed);
          assert.equal(book.balance, 1_000_000 + cash + cost);
        }
      }),
      { numRuns: 200 },
    );
  });
});
