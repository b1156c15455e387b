import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../event.ts';
import { ledgerTransaction } from '../ledger/ledger-transaction.ts';
import { openRandomBook, type RandomStep, randomSteps, take } from '../testing/random-steps.ts';
import { evolve } from './evolve.ts';
import { createShard, type Shard } from './shard.ts';
import { snapshotShard } from './snapshot.ts';

/** All that events make, sums included. Quotes are input, and not among it. */
function stateOf(shard: Shard) {
  const { markets, ...rest } = snapshotShard(shard);
  return {
    ...rest,
    markets: markets.map(({ terms, tradingState }) => ({ terms, tradingState })),
    held: Array.from(shard.markets.values(), ({ clientLong, clientShort }) => [clientLong, clientShort]),
    grossNotional: shard.grossNotional,
    sums: Array.from(shard.accounts.values(), (account) => ({
      used: account.usedMargin,
      notional: account.openNotional,
      reach: account.reach,
      positions: account.openPositions,
      orders: account.pendingOrders,
      legs: account.legs.map(({ margin, longQuantity, longCost, shortQuantity, shortCost }) => {
        return [margin, longQuantity, longCost, shortQuantity, shortCost];
      }),
    })),
  };
}

function live(walk: readonly RandomStep[]) {
  const book = openRandomBook();
  for (const step of walk) take(book, step);
  return book;
}

describe('evolve', () => {
  it('makes of the events of a shard its state', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const { shard, events } = live(walk);
        const recovered = createShard(shard.options);
        for (const event of events) evolve(recovered, event);
        assert.deepEqual(stateOf(recovered), stateOf(shard));
      }),
      { numRuns: 200 },
    );
  });

  it('makes of events that went through JSON the same state', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const { shard, events } = live(walk);
        const recovered = createShard(shard.options);
        for (const event of JSON.parse(JSON.stringify(events)) as Event[]) evolve(recovered, event);
        assert.deepEqual(stateOf(recovered), stateOf(shard));
      }),
      { numRuns: 50 },
    );
  });

  it('numbers events without gaps, from 1', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        assert.ok(live(walk).events.every(({ sequence }, index) => sequence === index + 1));
      }),
      { numRuns: 50 },
    );
  });

  it('moves balances by ledger transactions alone: each sums to zero, has a cause of its own, and all make the balances', () => {
    fc.assert(
      fc.property(randomSteps, (walk) => {
        const { shard, events } = live(walk);
        const balances = new Map<string, bigint>();
        const causes = new Set<string>();
        for (const event of events) {
          const transaction = ledgerTransaction(event);
          if (transaction === undefined) continue;
          assert.ok(!causes.has(transaction.cause), transaction.cause);
          causes.add(transaction.cause);
          assert.equal(
            transaction.entries.reduce((sum, { amount }) => sum + amount, 0),
            0,
          );
          for (const { account, amount } of transaction.entries) {
            assert.notEqual(amount, 0);
            balances.set(account, (balances.get(account) ?? 0n) + BigInt(amount));
          }
        }
        for (const { id, balance } of shard.accounts.values()) {
          assert.equal(balances.get(`client:${id}`) ?? 0n, BigInt(balance));
        }
        for (const [account, sum] of Object.entries(shard.house)) {
          assert.equal(balances.get(account) ?? 0n, sum.value, account);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('throws on an event of another history', () => {
    const recovered = createShard(live([]).shard.options);
    const at = { sequence: 1, at: 0 };
    for (const event of [
      { ...at, type: 'deposited', accountId: 'nobody', amount: 1 },
      { ...at, type: 'account-opened', accountId: 'A', mode: 'hedging', profile: 'none' },
      { ...at, type: 'trading-state-changed', asset: 'nothing', state: 'halted' },
      { ...at, type: 'order-modified', accountId: 'A', orderId: 1, terms: {} },
      { ...at, type: 'position-modified', accountId: 'A', positionId: 1 },
    ]) {
      assert.throws(() => evolve(recovered, event as Event), /no (account|profile|market|pending order|open position)/);
    }
  });
});
