import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../accounts/profile.ts';
import { type Book, openBook } from '../testing/book.ts';

interface Fault<Given> {
  readonly code: string;
  /** What is wrong with the command, and with the book it comes to. */
  readonly given?: Given;
  readonly deposit?: number;
  readonly profile?: Partial<Profile>;
  readonly arrange?: (book: Book) => void;
}

const halted: Fault<object> = { code: 'instrument-halted', arrange: (book) => book.setState('halted') };
const notLive: Fault<object> = { code: 'price-not-live', arrange: (book) => book.quote(100, 102, { status: 'stale' }) };
const stranger: Fault<{ account: string }> = { code: 'unknown-account', given: { account: 'nobody' } };

/**
 * Commits every fault on its own, then every two together: of two, the one that stands first in the list is told.
 * Two faults of the same field are no pair.
 */
function assertPrecedence<Given extends object>(
  faults: readonly Fault<Given>[],
  prepare: (book: Book) => void,
  command: (book: Book, given: Given) => string[],
): void {
  const commit = (committed: readonly Fault<Given>[]): string[] => {
    const { deposit, profile = {} } = Object.assign({}, ...committed) as Fault<Given>;
    const book = openBook({
      terms: { quantityMin: 5, quantityMax: 2_000_000_000 },
      profile,
      ...(deposit === undefined ? {} : { deposit }),
    });
    book.quote(100, 102);
    prepare(book);
    for (const { arrange } of committed) arrange?.(book);
    const { sequence } = book.shard;
    const told = command(book, Object.assign({}, ...committed.map(({ given }) => given)) as Given);
    assert.equal(book.shard.sequence, sequence, 'a refusal changes nothing');
    return told;
  };
  for (const [index, first] of faults.entries()) {
    assert.deepEqual(commit([first]), [`refused ${first.code}`]);
    for (const second of faults.slice(index + 1)) {
      const fields = Object.keys(first.given ?? {});
      if (Object.keys(second.given ?? {}).some((field) => fields.includes(field))) continue;
      assert.deepEqual(commit([first, second]), [`refused ${first.code}`], `${first.code}, ${second.code}`);
      assert.deepEqual(commit([second, first]), [`refused ${first.code}`], `${second.code}, ${first.code}`);
    }
  }
}

describe('of two refusals the first in the list is told', () => {
  it('of a market order', () => {
    assertPrecedence(
      [
        { code: 'invalid-command', given: { timeInForce: 'gtc' } },
        stranger,
        { code: 'duplicate-client-order-id', given: { clientOrderId: 'used' } },
        { code: 'unknown-instrument', given: { asset: 'NO' } },
        halted,
        { code: 'quantity-not-a-step', given: { quantity: 10.5 } },
        { code: 'quantity-below-minimum', given: { quantity: 4 } },
        { code: 'quantity-above-maximum', given: { quantity: 2_000_000_001 } },
        { code: 'price-not-a-tick', given: { stopLoss: 90.5 } },
        notLive,
        { code: 'level-on-wrong-side', given: { takeProfit: 50 } },
        { code: 'slippage-exceeded', given: { seenPrice: 103, slippageMax: 0 } },
        // 2 × 10⁹ × 102 units of money are no safe integer of micros.
        { code: 'amount-too-large', given: { quantity: 2_000_000_000 } },
        { code: 'exposure-limit', profile: { openPositionsMax: 0 } },
        { code: 'insufficient-margin', deposit: 1 },
      ],
      (book) => book.limit('buy', 10, 90, { clientOrderId: 'used' }),
      (book, given) => book.buy(10, given),
    );
  });

  it('of a market order of an account that holds an instrument without a live quote', () => {
    const rows = [
      [{ stopLoss: 100.5 }, 'price-not-a-tick'],
      [{}, 'price-not-live'],
      [{ takeProfit: 50 }, 'price-not-live'],
      [{ seenPrice: 103, slippageMax: 0 }, 'price-not-live'],
      [{ quantity: 10_000 }, 'price-not-live'],
    ] as const;
    for (const [given, code] of rows) {
      const book = openBook({ deposit: 1_000 });
      book.list({ asset: 'ABC' });
      book.quote(100, 102, { asset: 'ABC' });
      book.buy(1, { asset: 'ABC' });
      book.quote(100, 102, { asset: 'ABC', status: 'stale' });
      book.quote(100, 102);
      assert.deepEqual(book.buy(10, given), [`refused ${code}`], JSON.stringify(given));
    }
  });

  it('of an order that waits', () => {
    assertPrecedence(
      [
        { code: 'invalid-command', given: { stopPrice: 110 } },
        stranger,
        { code: 'duplicate-client-order-id', given: { clientOrderId: 'used' } },
        { code: 'unknown-instrument', given: { asset: 'NO' } },
        halted,
        { code: 'quantity-not-a-step', given: { quantity: 10.5 } },
        { code: 'quantity-below-minimum', given: { quantity: 4 } },
        { code: 'price-not-a-tick', given: { stopLoss: 90.5 } },
        notLive,
        { code: 'level-on-wrong-side', given: { limitPrice: 103 } },
        // The order that has used the clientOrderId is there.
        { code: 'exposure-limit', profile: { pendingOrdersMax: 1 } },
      ],
      (book) => book.limit('buy', 10, 90, { clientOrderId: 'used' }),
      (book, given) => book.limit('buy', 10, 95, given),
    );
  });

  it('of modify-order', () => {
    assertPrecedence(
      [
        { code: 'invalid-command', given: { expiresAt: 1 } },
        stranger,
        { code: 'order-not-open', given: { orderId: 2 } },
        { code: 'invalid-command', given: { stopPrice: 110 } },
        halted,
        { code: 'quantity-not-a-step', given: { quantity: 10.5 } },
        { code: 'quantity-below-minimum', given: { quantity: 4 } },
        { code: 'quantity-above-maximum', given: { quantity: 2_000_000_001 } },
        { code: 'price-not-a-tick', given: { stopLoss: 90.5 } },
        notLive,
        { code: 'level-on-wrong-side', given: { limitPrice: 102 } },
      ],
      (book) => book.limit('buy', 10, 90),
      (book, { orderId = 1, ...given }: { orderId?: number }) => book.modifyOrder(orderId, given),
    );
  });

  it('of close-position', () => {
    assertPrecedence(
      [
        { code: 'invalid-command', given: { seenPrice: 1 } },
        stranger,
        { code: 'position-not-open', given: { positionId: 2 } },
        halted,
        { code: 'quantity-not-a-step', given: { quantity: 7.5 } },
        { code: 'quantity-below-minimum', given: { quantity: 4 } },
        { code: 'quantity-above-maximum', given: { quantity: 11 } },
        notLive,
        { code: 'slippage-exceeded', given: { seenPrice: 99, slippageMax: 0 } },
      ],
      (book) => book.buy(10),
      (book, { positionId = 1, quantity, ...given }: { positionId?: number; quantity?: number }) =>
        book.close(positionId, quantity, given),
    );
  });

  it('of modify-position', () => {
    assertPrecedence(
      [
        stranger,
        { code: 'position-not-open', given: { positionId: 2 } },
        halted,
        { code: 'price-not-a-tick', given: { takeProfit: 120.5 } },
        notLive,
        { code: 'level-on-wrong-side', given: { stopLoss: 100 } },
      ],
      (book) => book.buy(10),
      (book, { positionId = 1, ...given }: { positionId?: number }) => book.modifyPosition(positionId, given),
    );
  });

  it('of cancellations and of closing all', () => {
    const nobody = { code: 'unknown-account', given: { account: 'nobody' } };
    const nothing = { code: 'unknown-instrument', given: { asset: 'NO' } };
    assertPrecedence<{ account?: string; orderId?: number }>(
      [nobody, { code: 'order-not-open', given: { orderId: 2 } }],
      (book) => book.limit('buy', 10, 90),
      (book, { account, orderId = 1 }) => book.cancel(orderId, account),
    );
    assertPrecedence<object>(
      [nobody, nothing],
      (book) => book.limit('buy', 10, 90),
      (book, given) => book.cancelAll(given),
    );
    assertPrecedence<object>(
      [nobody, nothing, halted, notLive],
      (book) => book.buy(10),
      (book, given) => book.closeAll(given),
    );
  });

  it('of a quote', () => {
    const book = openBook();
    book.quote(100, 102, { sequence: 5 });
    assert.deepEqual(book.quote(102, 100, { sequence: 5 }), ['refused invalid-quote']);
    assert.deepEqual(book.quote(100, 102, { sequence: 5 }), ['refused quote-out-of-order']);
  });
});
