import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountState } from '@repo/schemas';
import { micros, steps } from '@repo/trading-core';
import { AccountFold } from './account-fold.ts';
import { auditCalls } from './audit-calls.ts';
import { auditFigures } from './audit-figures.ts';
import { auditTold } from './audit-told.ts';
import type { Finding } from './finding.ts';
import { StopOutWatch } from './stop-out-watch.ts';
import { type Draft, makeBooks } from './testing/make-books.ts';
import type { TradeCall, TradeFault } from './trade-journal.ts';

const SOL = 'SOL_USDC';
const invariants = (findings: readonly Finding[]) => findings.map(({ invariant }) => invariant);

/** An account of 1,000 that holds 90 SOL bought at 200.02: notional 18,001.80, margin 900.09, commission 9.0009. */
function holding(bid = 20_000) {
  return makeBooks([
    { type: 'open-account', accountId: 'A', mode: 'hedging', profile: 'professional' },
    { type: 'deposit', accountId: 'A', amount: micros(1_000_000_000) },
    { asset: SOL, bid: 20_000, ask: 20_002 },
    {
      type: 'place-order',
      accountId: 'A',
      clientOrderId: 'a',
      asset: SOL,
      side: 'buy',
      orderType: 'market',
      quantity: steps(9_000),
    },
    ...(bid === 20_000 ? [] : [{ asset: SOL, bid, ask: bid + 2 }]),
  ]);
}

const account = {
  id: 'A',
  mode: 'hedging',
  profile: 'professional',
  currency: 'USD',
  openedAt: 0,
  balance: '990.9991',
  unrealizedPnl: '-1.80',
  equity: '989.1991',
  usedMargin: '900.09',
  freeMargin: '89.1091',
  marginLevel: '109.90',
  isMarginCalled: false,
  isPriced: true,
} as const;

describe('the audit of figures', () => {
  it('agrees with what is right, and with nothing else', () => {
    const { books, published } = holding();
    assert.deepEqual(auditFigures(books, published, [account]), []);
    for (const wrong of [
      { balance: '990.9992' },
      { unrealizedPnl: '-1.79' },
      { equity: '989.20' },
      { usedMargin: '900.08' },
      { freeMargin: '89.11' },
      { marginLevel: '109.91' },
      { marginLevel: null },
      { id: 'B' },
    ]) {
      assert.deepEqual(
        invariants(auditFigures(books, published, [{ ...account, ...wrong }])),
        [2],
        JSON.stringify(wrong),
      );
    }
  });
});

describe('the watch for stop-outs', () => {
  const quoteAt = (bid: bigint, status = 'live') =>
    new Map([[SOL, { asset: SOL, bid, ask: bid + 2n, sequence: 9, status, at: 0 }]]);
  const { books } = holding();
  const look = (...looks: [atMs: number, quotes: ReturnType<typeof quoteAt>, of?: Draft][]) => {
    const watch = new StopOutWatch();
    for (const [nowMs, quotes, of = books] of looks) watch.look(of, quotes, { nowMs, faults: [] });
    return invariants(watch.findings);
  };
  // Half of the used margin is left when 540.95 are lost: below 194.01.
  it('finds an account that stays below its level for more than a second', () => {
    assert.deepEqual(look([0, quoteAt(19_400n)], [1_001, quoteAt(19_400n)]), [7]);
  });
  it('forgives a second, a price that comes back, one that is not live, and what was done about it', () => {
    assert.deepEqual(look([0, quoteAt(19_400n)], [999, quoteAt(19_400n)]), []);
    assert.deepEqual(look([0, quoteAt(19_400n)], [600, quoteAt(19_500n)], [1_200, quoteAt(19_400n)]), []);
    assert.deepEqual(look([0, quoteAt(19_400n, 'stale')], [1_500, quoteAt(19_400n, 'stale')]), []);
    const closed = structuredClone(books);
    closed.positions.splice(0, 1);
    assert.deepEqual(look([0, quoteAt(19_400n)], [1_500, quoteAt(19_400n), closed]), []);
  });
});

describe('the audit of calls', () => {
  const { books } = holding();
  const order = { id: '0-1', status: 'filled' };
  const fill = { id: '0-1', asset: SOL, price: '200.02', quantity: '90.00', side: 'buy' };
  const told = { order, fills: [fill], positions: [] };
  const body = { clientOrderId: 'a', side: 'buy' };
  let ids = 0;
  const call = (more: Partial<TradeCall> = {}): TradeCall => {
    ids += 1;
    const begunAtMs = ids * 10;
    const end = { outcome: 'ok', status: 200, answer: told } as const;
    const request = { trader: 't', account: 'A', operation: 'POST /orders', name: 'a', body };
    return { id: ids, ...request, begunAtMs, endedAtMs: begunAtMs + 5, end, ...more };
  };
  const refused = (code: string) => ({ outcome: 'fail', status: 422, code }) as const;
  const audit = (calls: readonly TradeCall[], faults: readonly TradeFault[] = [], of: Draft = books) => [
    ...new Set(invariants(auditCalls(calls, faults, of))),
  ];

  it('agrees with what is right', () => {
    assert.deepEqual(
      audit([call(), call(), call({ body: { ...body, side: 'sell' }, end: refused('duplicate-client-order-id') })]),
      [],
    );
    assert.deepEqual(audit([call({ end: { outcome: 'unknown' } }), call()]), []);
    assert.deepEqual(audit([call(), call({ end: { outcome: 'fail', status: 429, code: 'too-many-requests' } })]), []);
  });
  it('finds an acknowledged order, fill or state that is not in the books', () => {
    const other = (change: object) => call({ end: { outcome: 'ok', status: 200, answer: { ...told, ...change } } });
    assert.deepEqual(audit([other({ order: { ...order, id: '0-2' } })]), [3]);
    assert.deepEqual(audit([other({ order: { ...order, status: 'cancelled' } })]), [3]);
    assert.deepEqual(audit([other({ fills: [{ ...fill, price: '200.01' }] })]), [3]);
    assert.deepEqual(audit([other({ orderIds: ['0-1'] })]), [3]);
    assert.deepEqual(audit([call(), call({ name: 'z', body: { clientOrderId: 'z' } })]), [3]);
  });
  it('finds a name with two answers, two effects, or none after it had one', () => {
    const another = { outcome: 'ok', status: 200, answer: { ...told, positions: [1] } } as const;
    assert.deepEqual(audit([call(), call({ end: another })]), [8]);
    assert.deepEqual(audit([call(), call({ body: { ...body, side: 'sell' } })]), [8]);
    assert.deepEqual(audit([call(), call({ end: refused('insufficient-margin') })]), [8]);
    assert.deepEqual(audit([call(), call({ body: { ...body, side: 'sell' }, end: refused('exposure-limit') })]), [8]);
  });
  it('finds an order that was refused and placed, and one that nobody sent', () => {
    assert.deepEqual(audit([call({ end: refused('insufficient-margin') })]), [9]);
    assert.deepEqual(audit([call({ end: { outcome: 'unknown' } })]), [8]);
    assert.deepEqual(
      audit([call({ name: undefined, operation: 'DELETE /orders/:id', end: { outcome: 'unknown' } })]),
      [5],
    );
  });
  it('finds a deposit that is not there, and one that nobody was told of', () => {
    const deposit = { operation: 'POST /accounts/:account/deposits', name: 'd', body: {} };
    const paid = (transactionId: string) => ({ outcome: 'ok', status: 200, answer: { transactionId } }) as const;
    assert.deepEqual(audit([call(), call({ ...deposit, end: paid('0-99') })]), [3]);
    const twice = structuredClone(books);
    twice.transactions.push({ shard: 0, sequence: 90, cause: 'deposit:90' });
    twice.entries.push({ shard: 0, sequence: 90, account: 'client:A', amount: 1n });
    assert.deepEqual(audit([call()], [], twice), [8]);
    assert.deepEqual(audit([call(), call({ ...deposit, end: paid('0-90') })], [], twice), []);
    assert.deepEqual(
      audit(
        [call(), call({ ...deposit, end: paid('0-90') }), call({ ...deposit, name: 'e', end: paid('0-90') })],
        [],
        twice,
      ),
      [8],
    );
  });
  it('finds what was acknowledged while nothing could be booked', () => {
    const one = call();
    const away = { fault: 'PostgreSQL away', stops: true, begunAtMs: 0, recoveredAtMs: 1e9 };
    const around = { ...away, inEffectAtMs: one.begunAtMs - 1, healingAtMs: one.endedAtMs + 1 };
    assert.deepEqual(audit([one], [around]), [9]);
    assert.deepEqual(audit([one], [{ ...around, stops: false }]), []);
    assert.deepEqual(audit([one], [{ ...around, inEffectAtMs: one.begunAtMs + 1 }]), []);
  });
  it('finds answers of bugs', () => {
    const before = call();
    assert.deepEqual(audit([before, call({ end: { outcome: 'unknown', status: 500, code: 'internal-error' } })]), [9]);
    assert.deepEqual(
      audit([before, call({ end: { outcome: 'unknown', status: 503, code: 'service-unavailable' } })]),
      [],
    );
    assert.deepEqual(audit([before, call({ name: 'y', end: { outcome: 'fail', status: 404 } })]), [9]);
  });
});

describe('the fold of the account channel', () => {
  const order = { id: '0-3', status: 'accepted' } as AccountState['orders'][number];
  const position = { id: '0-1', quantity: '1' } as AccountState['positions'][number];
  const fold = () => new AccountFold('account');

  it('finds a gap, and an update without a snapshot', () => {
    const text = (type: string, sequence: number) =>
      JSON.stringify({
        channel: 'account',
        type,
        sequence,
        data: { account, orders: [], positions: [], ...(type === 'update' && { fills: [], notices: [] }) },
      }).replace('"id":"A"', '"id":"01234567-89ab-4cde-8f01-23456789abcd"');
    const said = (...frames: [string, number][]) => {
      const one = fold();
      for (const [type, sequence] of frames) one.take(text(type, sequence));
      return invariants(one.findings);
    };
    assert.deepEqual(said(['snapshot', 1], ['update', 2], ['update', 3], ['snapshot', 7], ['update', 8]), []);
    assert.deepEqual(said(['snapshot', 1], ['update', 3]), [12]);
    assert.deepEqual(said(['update', 1]), [12]);
    assert.deepEqual(said(['snapshot', 1], ['nonsense', 2]), [12]);
  });

  it('finds that it differs from what is told', () => {
    const one = fold();
    const state: AccountState = { account, orders: [order], positions: [position] };
    for (const told of [
      { ...state, orders: [] },
      { ...state, positions: [{ ...position, quantity: '2' }] },
      { ...state, account: { ...account, balance: '1' } },
    ]) {
      const other = fold();
      other.apply(state);
      other.compare(told);
      assert.deepEqual(invariants(other.findings), [12]);
    }
    one.apply(state);
    one.compare(state);
    one.apply({ account, orders: [{ ...order, status: 'filled' }], positions: [{ ...position, quantity: '0.00' }] });
    one.compare({ account, orders: [], positions: [] });
    assert.deepEqual(one.findings, []);
  });
});

describe('the audit of what was told', () => {
  const rows = [1, 2, 3].map((sequence) => ({ shard: 0, sequence, type: `event-${sequence}` }));
  const [first, second, third] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
  it('agrees with what is right: events that come again, a recording that begins late', () => {
    assert.deepEqual(auditTold([second, first, second, third], rows), []);
    assert.deepEqual(auditTold([second, third], rows), []);
  });
  it('finds a gap, an event never told, one that is not in the books, and another one', () => {
    assert.deepEqual(invariants(auditTold([first, third], rows)), [12]);
    assert.deepEqual(invariants(auditTold([first, second], rows)), [12]);
    assert.deepEqual(invariants(auditTold([...rows, { ...third, sequence: 4 }], rows)), [5]);
    assert.deepEqual(invariants(auditTold([first, { ...second, type: 'other' }, third], rows)), [5]);
  });
});
