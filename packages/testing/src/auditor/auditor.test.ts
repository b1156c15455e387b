import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Event,
  type LedgerTransaction,
  ledgerTransaction,
  type Outcome,
  type Shard,
  type ShardSnapshot,
} from '@repo/trading-core';
import type { ShardView } from '../shard-view.ts';
import { viewShard } from '../view-shard.ts';
import { workloadShardOptions } from '../workload/profiles.ts';
import { runWorkload } from '../workload/run-workload.ts';
import type { Input } from '../workload/workload.ts';
import { AuditFault } from './audit-fault.ts';
import { Auditor } from './auditor.ts';
import { tamperings } from './tamperings.ts';

interface Recorded {
  readonly input: Input;
  readonly outcome: Outcome;
}

const outcomeTamperings: Readonly<Record<string, (outcome: Outcome, input: Input) => Outcome | undefined>> = {
  'a refusal that accepts': ({ type }) => (type === 'refused' ? { type: 'accepted', events: [] } : undefined),
  'an order refused for nothing': ({ type }, input) =>
    type === 'accepted' && 'type' in input && input.type === 'place-order'
      ? { type: 'refused', code: 'insufficient-margin', figures: {} }
      : undefined,
  'a quote refused for nothing': ({ type }, input) =>
    type === 'accepted' && !('type' in input) ? { type: 'refused', code: 'invalid-quote', figures: {} } : undefined,
  'a refusal with another code': (outcome) =>
    outcome.type === 'refused' && outcome.code === 'slippage-exceeded'
      ? { ...outcome, code: 'insufficient-margin' }
      : undefined,
  'a refusal with another free margin': (outcome) =>
    outcome.type === 'refused' && outcome.code === 'insufficient-margin' && 'spread' in outcome.figures
      ? { ...outcome, figures: { ...outcome.figures, freeMargin: -1 } }
      : undefined,
  'a retry that names another order': (outcome) =>
    outcome.type === 'repeated' ? { ...outcome, orderId: outcome.orderId + 1 } : undefined,
};

type Book = (event: Event) => LedgerTransaction | undefined;

function tamperLedger(edit: (transaction: LedgerTransaction) => LedgerTransaction | undefined): Book {
  let isDone = false;
  return (event) => {
    const transaction = ledgerTransaction(event);
    const edited = transaction === undefined || isDone ? undefined : edit(transaction);
    if (edited !== undefined) isDone = true;
    return edited ?? transaction;
  };
}

const ledgers: Readonly<Record<string, () => Book>> = {
  'one-sided entries': () => tamperLedger((transaction) => ({ ...transaction, entries: transaction.entries.slice(1) })),
  'entries to another account': () =>
    tamperLedger((transaction) => {
      const index = transaction.entries.findIndex((entry) => entry.account === 'house:commission');
      const entry = transaction.entries[index];
      if (entry === undefined) return undefined;
      return { ...transaction, entries: transaction.entries.with(index, { ...entry, account: 'house:pnl' }) };
    }),
  'a cause used twice': () =>
    tamperLedger((transaction) => (transaction.cause === 'fill:2' ? { ...transaction, cause: 'fill:1' } : undefined)),
  'a transaction left out': () => (event) => (event.type === 'swap-charged' ? undefined : ledgerTransaction(event)),
};

/** Changes what a view tells at a sweep. */
type Distortion = (view: ShardView) => Partial<ShardView>;

function distort(edit: (snapshot: ShardSnapshot) => Partial<ShardSnapshot>): Distortion {
  return (view) => ({
    snapshot: () => {
      const snapshot = view.snapshot();
      return { ...snapshot, ...edit(snapshot) };
    },
  });
}

function distortPositions(edit: (position: ShardSnapshot['positions'][number]) => object): Distortion {
  return distort(({ positions }) => ({ positions: positions.map((each) => ({ ...each, ...edit(each) })) }));
}

function distortAccounts(field: 'balance' | 'equity' | 'usedMargin' | 'openPositions' | 'pendingOrders'): Distortion {
  return (view) => ({
    account: (id) => {
      const account = view.account(id);
      return account === undefined ? undefined : { ...account, [field]: account[field] + 1 };
    },
  });
}

const states: Readonly<Record<string, Distortion>> = {
  'a sequence': distort(({ sequence }) => ({ sequence: sequence + 1 })),
  'a rounding carry': distort(({ roundingCarry }) => ({ roundingCarry: roundingCarry + 1 })),
  'a swap day': distort(({ swapDay }) => ({ swapDay: swapDay + 1 })),
  'a balance of the house': distort(({ house }) => ({ house: { ...house, 'house:pnl': `${house['house:pnl']}0` } })),
  'a forgotten order': distort(({ orders }) => ({ orders: orders.slice(1) })),
  'a forgotten position': distort(({ positions }) => ({ positions: positions.slice(1) })),
  'a forgotten retry': distort(({ recentOrders }) => ({ recentOrders: recentOrders.slice(1) })),
  'a cost': distortPositions(({ cost }) => ({ cost: cost + 1 })),
  'a best price': distortPositions(({ trailingBest }) => ({ trailingBest: (trailingBest ?? 0) + 1 })),
  'a day of swap': distortPositions(({ swapDay }) => ({ swapDay: swapDay - 1 })),
  'a position’s swap': distortPositions(({ swap }) => ({ swap: swap + 1 })),
  'a position’s commission': distortPositions(({ commission }) => ({ commission: commission + 1 })),
  'a gross notional': ({ grossNotional }) => ({ grossNotional: grossNotional + 1 }),
  'an exposure': (view) => ({
    exposures: () => view.exposures().map((each) => ({ ...each, clientLong: each.clientLong + 1 })),
  }),
  'an account’s balance': distortAccounts('balance'),
  'an account’s equity': distortAccounts('equity'),
  'an account’s used margin': distortAccounts('usedMargin'),
  'an account’s open positions': distortAccounts('openPositions'),
  'an account’s pending orders': distortAccounts('pendingOrders'),
};

describe('Auditor', () => {
  const tape: Recorded[] = [];
  let shard: Shard;

  before(() => {
    const onInput = (input: Input, outcome: Outcome) => tape.push({ input, outcome });
    shard = runWorkload({ inputs: 40_000, seed: 5, sweepEvery: 20_000, onInput }).shard;
  });

  function listen(book: Book = ledgerTransaction): Auditor {
    return new Auditor({ seed: 5, shardOptions: workloadShardOptions, ledgerTransaction: book });
  }

  /** Plays the tape to a new auditor, tampered with at the first occasion. */
  function play(tamper: (outcome: Outcome, input: Input) => Outcome | undefined): void {
    const auditor = listen();
    let isDone = false;
    for (const { input, outcome } of tape) {
      const tampered: Outcome | undefined = isDone ? undefined : tamper(outcome, input);
      isDone ||= tampered !== undefined;
      auditor.input(input, tampered ?? outcome);
    }
    assert.ok(isDone, 'the tape gives no occasion');
  }

  it('agrees with an honest tape', () => {
    const auditor = listen();
    for (const { input, outcome } of tape) auditor.input(input, outcome);
    auditor.sweep(viewShard(shard));
  });

  for (const [name, tamper] of Object.entries(tamperings)) {
    it(`complains of ${name}`, () => {
      const tampered = (outcome: Outcome, input: Input): Outcome | undefined => {
        const events = outcome.type === 'accepted' ? tamper(outcome.events, input) : undefined;
        return events === undefined ? undefined : { type: 'accepted', events };
      };
      assert.throws(() => play(tampered), AuditFault);
    });
  }

  for (const [name, tamper] of Object.entries(outcomeTamperings)) {
    it(`complains of ${name}`, () => {
      assert.throws(() => play(tamper), AuditFault);
    });
  }

  for (const [name, ledger] of Object.entries(ledgers)) {
    it(`complains of ${name} in the ledger`, () => {
      const auditor = listen(ledger());
      assert.throws(() => {
        for (const { input, outcome } of tape) auditor.input(input, outcome);
      }, AuditFault);
    });
  }

  describe('at a sweep', () => {
    let swept: Auditor;
    before(() => {
      swept = listen();
      for (const { input, outcome } of tape) swept.input(input, outcome);
    });
    for (const [name, tamper] of Object.entries(states)) {
      it(`complains of ${name} in the state`, () => {
        const view = viewShard(shard);
        assert.throws(() => swept.sweep({ ...view, ...tamper(view) }), AuditFault);
      });
    }
  });

  it('tells the seed, the input and both figures', () => {
    const fault = new AuditFault(7, 42, 'balance', 10n, 11);
    assert.equal(fault.message, 'seed 7, input 42: balance: expected "10n", got 11');
    assert.deepEqual([fault.seed, fault.index, fault.expected, fault.actual], [7, 42, 10n, 11]);
  });
});
