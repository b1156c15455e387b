import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros, type OrderType, steps, ticks } from '@repo/trading-core';
import { auditBooks } from './audit-books.ts';
import { sentenceOf } from './finding.ts';
import { type Draft, makeBooks } from './testing/make-books.ts';

const SOL = 'SOL_USDC';
const order = (clientOrderId: string, quantity: number, more: object = {}) => ({
  type: 'place-order' as const,
  accountId: 'A',
  clientOrderId,
  asset: SOL,
  side: 'buy' as const,
  orderType: 'market' as OrderType,
  quantity: steps(quantity),
  ...more,
});
const sol = (bid: number, ask = bid + 2) => ({ asset: SOL, bid, ask });

/** Levels, a partial close, a pending order, a stop-out through a gap and a write-off: every rule that is audited. */
function story() {
  return makeBooks([
    { type: 'open-account', accountId: 'A', mode: 'hedging', profile: 'professional' },
    { type: 'deposit', accountId: 'A', amount: micros(2_000_000_000) },
    { type: 'open-account', accountId: 'B', mode: 'netting', profile: 'esma' },
    { type: 'deposit', accountId: 'B', amount: micros(5_000_000_000) },
    sol(20_000),
    order('a', 3_000, { stopLoss: ticks(19_990), takeProfit: ticks(20_050) }),
    order('b', 700, { orderType: 'limit', limitPrice: ticks(19_985) }),
    order('c', 10_00, { trailingDistance: ticks(10), accountId: 'B' }),
    order('d', 100, { side: 'sell', orderType: 'stop', stopPrice: ticks(15_000) }),
    sol(20_010),
    { type: 'close-position', accountId: 'A', positionId: 1, quantity: steps(1_001) },
    sol(20_000),
    sol(19_983),
    { type: 'cancel-order', accountId: 'A', orderId: 4 },
    order('e', 10_000),
    order('g', 100, { side: 'sell', orderType: 'stop', stopPrice: ticks(5_000) }),
    { type: 'withdraw', accountId: 'B', amount: micros(1_000_000) },
    sol(14_000),
    { type: 'deposit', accountId: 'A', amount: micros(1_000_000_000) },
    order('f', 50),
  ]);
}

describe('the audit of the books', () => {
  it('finds nothing in books that are right', () => {
    const { books, published } = story();
    assert.deepEqual(auditBooks(books, published).map(sentenceOf), []);
    const types = new Set(books.events.map(({ type }) => type));
    for (const type of ['account-stopped-out', 'negative-balance-written-off', 'order-cancelled', 'position-reduced']) {
      assert.ok(types.has(type), type);
    }
    const rules = new Set(books.fills.map(({ rule }) => rule));
    for (const rule of ['market', 'limit', 'stop-loss', 'trailing-stop', 'close', 'stop-out'])
      assert.ok(rules.has(rule), rule);
  });

  const forgeries: readonly [what: string, invariant: number, forge: (books: Draft) => void][] = [
    [
      'an entry changed',
      1,
      ({ entries }) => {
        at(entries, 0).amount += 1n;
      },
    ],
    ['an entry gone', 1, ({ entries }) => void entries.splice(3, 1)],
    [
      'a balance changed',
      1,
      ({ accounts }) => {
        at(accounts, 0).balance += 1n;
      },
    ],
    [
      'a balance of the house changed',
      1,
      ({ house }) => {
        at(house, 0).balance -= 1n;
      },
    ],
    ['a pair of entries made up', 5, ({ entries, transactions }) => madeUp(entries, transactions)],
    [
      'a transaction booked twice',
      4,
      ({ transactions }) => void transactions.push({ ...at(transactions, 2), sequence: 999 }),
    ],
    ['a fill that is not booked', 4, (books) => unbook(books)],
    ['two orders of one name', 4, ({ orders }) => void orders.push({ ...at(orders, 0), id: 99 })],
    [
      'an order in no state',
      3,
      ({ orders }) => {
        at(orders, 0).status = 'pending';
      },
    ],
    [
      'an order that went back',
      3,
      ({ orders }) => {
        at(orders, 0).status = 'accepted';
      },
    ],
    ['an order gone', 3, ({ orders }) => void orders.splice(1, 1)],
    ['an order that ends twice', 3, ({ events }) => repeat(events, 'order-filled')],
    ['an event gone', 4, ({ events }) => void events.splice(8, 1)],
    ['a fill gone', 5, ({ fills }) => void fills.splice(1, 1)],
    ['a fill too many', 5, ({ fills }) => void fills.push({ ...at(fills, 0), id: 99 })],
    [
      'a fill of no order',
      5,
      ({ fills }) => {
        at(fills, 0).order = 77;
      },
    ],
    [
      'a fill larger than its order',
      4,
      (books) =>
        ofFill(books, 'market', (fill) => {
          fill.quantity += 1;
        }),
    ],
    [
      'a fill at a better price',
      5,
      (books) =>
        ofFill(books, 'market', (fill) => {
          fill.price -= 1;
        }),
    ],
    [
      'a fill at a quote that was not',
      5,
      (books) =>
        ofFill(books, 'market', (fill) => {
          fill.quote.sequence += 50;
        }),
    ],
    [
      'a fill at a stale quote',
      5,
      (books) =>
        ofFill(books, 'market', (fill) => {
          fill.quote.status = 'stale';
        }),
    ],
    [
      'a stop-out at a stale quote',
      7,
      (books) =>
        ofFill(books, 'stop-out', (fill) => {
          fill.quote.status = 'stale';
        }),
    ],
    [
      'a stop loss that was not reached',
      5,
      (books) =>
        ofFill(books, 'stop-loss', (fill) => {
          fill.rule = 'take-profit';
        }),
    ],
    [
      'a trailing stop elsewhere',
      5,
      (books) =>
        ofFill(books, 'trailing-stop', (fill) => {
          fill.level += 1;
        }),
    ],
    [
      'a limit that was not reached',
      5,
      (books) =>
        ofTerms(books, 'b', (terms) => {
          terms.limitPrice = 100;
        }),
    ],
    [
      'a close that nobody asked for',
      5,
      ({ events }) => {
        eventOf(events, 'close').command = null;
      },
    ],
    [
      'a profit too large',
      1,
      (books) =>
        ofFill(books, 'close', (fill) => {
          fill.realizedPnl += 1;
        }),
    ],
    [
      'a commission too small',
      1,
      (books) =>
        ofFill(books, 'market', (fill) => {
          fill.commission -= 1;
        }),
    ],
    [
      'a position larger than it is',
      2,
      ({ positions }) => {
        at(positions, 0).quantity += 1n;
      },
    ],
    ['a position from nowhere', 5, ({ positions }) => void positions.push({ ...at(positions, 0), id: 99 })],
    ['a deposit smaller, an order too large', 6, (books) => withdrawn(books)],
    [
      'a stop-out above its level',
      7,
      ({ events }) => {
        byType(events, 'account-stopped-out').data.equity += 1;
      },
    ],
    [
      'a stop-out at prices that were not',
      7,
      ({ events }) => {
        byType(events, 'account-stopped-out').data.legs[0].bid -= 1;
      },
    ],
    [
      'a stop-out without its decision',
      5,
      ({ events }) => {
        byType(events, 'account-stopped-out').type = 'margin-called';
      },
    ],
    [
      'a write-off too large',
      7,
      ({ events }) => {
        byType(events, 'negative-balance-written-off').data.amount += 1;
      },
    ],
  ];
  for (const [what, invariant, forge] of forgeries) {
    it(`finds ${what}: invariant ${invariant}`, () => {
      const { books, published } = story();
      forge(books);
      const found = auditBooks(books, published);
      assert.ok(
        found.some((finding) => finding.invariant === invariant),
        `found ${found.map(sentenceOf).join('\n') || 'nothing'}`,
      );
    });
  }

  it('finds a sequence that was published with two prices', () => {
    const { books, published } = story();
    published.add({ asset: SOL, bid: '1.00', ask: '1.01', sequence: 1, status: 'live', at: 0 } as never);
    assert.deepEqual(
      auditBooks(books, published).map(({ invariant }) => invariant),
      [5],
    );
  });
});

function at<Row>(rows: Row[], index: number): Row {
  const row = rows[index];
  assert.ok(row !== undefined);
  return row;
}

function byType(events: Draft['events'], type: string) {
  return at(
    events.filter((event) => event.type === type),
    0,
  );
}

function eventOf(events: Draft['events'], rule: string) {
  return at(
    events.filter(({ data }) => data.fill?.rule === rule),
    0,
  );
}

/** Changes a fill in its event, and in its row alike. */
// biome-ignore lint/suspicious/noExplicitAny: a fill as the event has it
function ofFill({ events, fills }: Draft, rule: string, forge: (fill: any) => void): void {
  const { fill } = eventOf(events, rule).data;
  forge(fill);
  const row = at(
    fills.filter(({ id }) => id === fill.id),
    0,
  );
  Object.assign(row, { rule: fill.rule, quantity: BigInt(fill.quantity), price: BigInt(fill.price) });
  Object.assign(row, { realizedPnl: BigInt(fill.realizedPnl), commission: BigInt(fill.commission) });
}

// biome-ignore lint/suspicious/noExplicitAny: terms as the event has them
function ofTerms({ events }: Draft, name: string, forge: (terms: any) => void): void {
  forge(
    at(
      events.filter(({ data }) => data.terms?.clientOrderId === name),
      0,
    ).data.terms,
  );
}

function madeUp(entries: Draft['entries'], transactions: Draft['transactions']): void {
  transactions.push({ shard: 0, sequence: 3, cause: 'deposit:3' });
  entries.push({ shard: 0, sequence: 3, account: 'client:A', amount: 5n });
  entries.push({ shard: 0, sequence: 3, account: 'external:deposits', amount: -5n });
}

function unbook({ transactions, fills }: Draft): void {
  const cause = `fill:${at(fills, 0).id}`;
  transactions.splice(
    transactions.findIndex((row) => row.cause === cause),
    1,
  );
}

function repeat(events: Draft['events'], type: string): void {
  const index = events.findIndex((event) => event.type === type);
  events.splice(index + 1, 0, structuredClone(at(events, index)));
}

/** As if less had been there when it was opened: the rows agree with each other, only the margin was never enough. */
function withdrawn(books: Draft): void {
  const event = byType(books.events, 'deposited');
  const taken = 1_900_000_000n;
  event.data.amount -= Number(taken);
  for (const entry of books.entries) {
    if (entry.sequence === event.sequence) entry.amount += entry.amount > 0n ? -taken : taken;
  }
}
