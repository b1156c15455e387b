import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  readCommand,
  type TradeCommand,
  TradeCommandSchema,
  type TradeCommandType,
  tradeCommandData,
} from '@repo/schemas';
import { Prng } from '@repo/testing';
import { createShard, decide, defaultTerms, receiveQuote, ticks } from '@repo/trading-core';
import { shardOptions } from '../shard-options.ts';

const SEED = Number(process.env.SEED ?? 20_261_122);
const AT = 1_760_297_791_517;
const accountId = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';

function message(type: TradeCommandType, data: object): TradeCommand {
  const envelope = { id: randomUUID(), at: AT, commandId: randomUUID(), accountId, replyTo: 'test', expiresAt: AT };
  return TradeCommandSchema.parse({ ...envelope, type, data });
}

describe('readCommand', () => {
  const order = { clientOrderId: 'one', asset: 'SOL_USDC', side: 'buy', orderType: 'limit', quantity: '1.5' };
  const cases: Record<string, [TradeCommandType, data: object, expected: object]> = {
    'an account': [
      'open-account',
      { userId: randomUUID(), mode: 'netting', profile: 'retail' },
      { mode: 'netting', profile: 'retail' },
    ],
    'an account with a first deposit': [
      'open-account',
      { userId: randomUUID(), mode: 'netting', profile: 'retail', deposit: '10000.000001' },
      { mode: 'netting', profile: 'retail', deposit: 10_000_000_001 },
    ],
    'an order, in ticks and steps': [
      'place-order',
      { ...order, limitPrice: '195.82', stopLoss: '190', takeProfit: '200.5', trailingDistance: '0.01' },
      { ...order, quantity: 150, limitPrice: 19_582, stopLoss: 19_000, takeProfit: 20_050, trailingDistance: 1 },
    ],
    'an order in an instrument of other sizes': [
      'place-order',
      { ...order, asset: 'BTC_USDC', quantity: '0.00001', seenPrice: '60000.1', slippageMax: '0', stopPrice: '1' },
      { ...order, asset: 'BTC_USDC', quantity: 1, seenPrice: 600_001, slippageMax: 0, stopPrice: 10 },
    ],
    'an order with an end': [
      'place-order',
      { ...order, timeInForce: 'gtd', expiresAt: AT },
      { ...order, quantity: 150, timeInForce: 'gtd', expiresAt: AT },
    ],
    'a change of an order, by its own instrument': [
      'modify-order',
      { orderId: 7, quantity: '2', limitPrice: '0.00002', stopLoss: null, takeProfit: '1', expiresAt: null },
      { orderId: 7, quantity: 2, limitPrice: 2, stopLoss: null, takeProfit: 100_000, expiresAt: null },
    ],
    'a change of nothing': ['modify-order', { orderId: 7 }, { orderId: 7 }],
    'the end of an order': ['cancel-order', { orderId: 7 }, { orderId: 7 }],
    'the end of all orders': ['cancel-all-orders', {}, {}],
    'the end of those in an instrument': ['cancel-all-orders', { asset: 'SOL_USDC' }, { asset: 'SOL_USDC' }],
    'levels of a position': [
      'modify-position',
      { positionId: 9, stopLoss: '0.00001', trailingDistance: null },
      { positionId: 9, stopLoss: 1, trailingDistance: null },
    ],
    'the end of a position': ['close-position', { positionId: 9 }, { positionId: 9 }],
    'the end of a part': [
      'close-position',
      { positionId: 9, quantity: '3', seenPrice: '0.5', slippageMax: '0.00001' },
      { positionId: 9, quantity: 3, seenPrice: 50_000, slippageMax: 1 },
    ],
    'the end of all positions': ['close-all-positions', { asset: 'BTC_USDC' }, { asset: 'BTC_USDC' }],
    'money in, in micros': ['deposit', { amount: '10.000001' }, { amount: 10_000_001 }],
    'money out': ['withdraw', { amount: '1.5000000' }, { amount: 1_500_000 }],
    'a correction': [
      'adjust-balance',
      { amount: '-0.01', reason: 'rounding' },
      { amount: -10_000, reason: 'rounding' },
    ],
  };
  for (const [what, [type, data, expected]] of Object.entries(cases)) {
    it(`reads ${what}`, () => {
      const command = readCommand(message(type, data), AT, () => 'DOGE_USDC');
      assert.deepEqual(command, { type, at: AT, accountId, ...expected });
    });
  }
  it('is tested with every type', () => {
    const tested = new Set(Object.values(cases).map(([type]) => type));
    assert.deepEqual([...tested].sort(), Object.keys(tradeCommandData).sort());
  });

  it('tells an order from a position when it asks for the instrument', () => {
    const asked: object[] = [];
    const assetOf = (item: object) => {
      asked.push(item);
      return undefined;
    };
    readCommand(message('modify-order', { orderId: 7 }), AT, assetOf);
    readCommand(message('close-position', { positionId: 9 }), AT, assetOf);
    assert.deepEqual(
      asked.map((item) => Object.keys(item).slice(0, 1)),
      [['orderId'], ['positionId']],
    );
  });

  const amountOf = (amount: string) => {
    const command = readCommand(message('deposit', { amount }), AT, () => undefined);
    assert.ok('amount' in command);
    return command.amount;
  };
  it('makes no whole number of what is none, to the last digit', () => {
    for (const text of [
      '0.0000001',
      '1.0000000000000000000000000000000001',
      '0.00000000000000000000000000000000000001',
      '-1.00000000000000000000000001',
      '9007199254.7409911',
    ]) {
      assert.equal(Number.isInteger(amountOf(text)), false, text);
    }
  });
  it('reads a whole number with any zeros after it, and one beyond those that are exact as such', () => {
    assert.equal(amountOf('1.000000000000000000000000000000'), 1_000_000);
    assert.equal(amountOf('9007199254.740991'), Number.MAX_SAFE_INTEGER);
    assert.equal(Number.isSafeInteger(amountOf('9007199254.740992')), false);
    assert.equal(Number.isSafeInteger(amountOf('9'.repeat(40))), false);
    assert.equal(amountOf('0'), 0);
  });

  it(`makes commands that the core answers, whatever the numbers (seed ${SEED})`, () => {
    const random = new Prng(SEED);
    const shard = createShard(shardOptions);
    for (const terms of defaultTerms) decide(shard, { type: 'list-instrument', at: AT, terms });
    const [mode, profile] = ['hedging', 'professional'] as const;
    decide(shard, { type: 'open-account', at: AT, accountId, mode, profile });
    const digits = () => String(random.between(0, 9)).repeat(random.between(1, 19));
    const decimal = () =>
      random.pick([
        '0',
        '1',
        '195.82',
        '-1',
        '10',
        '0.01',
        '9'.repeat(40),
        `-${'9'.repeat(39)}`,
        `0.${'0'.repeat(37)}1`,
        `1${digits()}.${digits()}`,
        `-1.${digits()}`,
      ]);
    const some = (fields: Readonly<Record<string, () => unknown>>) =>
      Object.fromEntries(Object.entries(fields).flatMap(([name, of]) => (random.chance(0.4) ? [[name, of()]] : [])));
    const id = () => random.pick([1, 2, 3, random.between(1, 50), Number.MAX_SAFE_INTEGER]);
    const asset = () => random.pick(['SOL_USDC', 'BTC_USDC', 'DOGE_USDC', 'CONSTRUCTOR_PROTO']);
    const level = () => (random.chance(0.2) ? null : decimal());
    const levels = { stopLoss: level, takeProfit: level, trailingDistance: level };
    const makers: Readonly<Record<TradeCommandType, () => object>> = {
      'open-account': () => ({
        userId: randomUUID(),
        mode,
        profile: random.pick(['__proto__', 'constructor', profile]),
      }),
      'place-order': () => ({
        clientOrderId: random.pick(['__proto__', 'constructor', 'toString', randomUUID()]),
        asset: asset(),
        side: random.pick(['buy', 'sell']),
        orderType: random.pick(['market', 'limit', 'stop', 'stop-limit']),
        quantity: decimal(),
        ...some({
          limitPrice: decimal,
          stopPrice: decimal,
          stopLoss: decimal,
          takeProfit: decimal,
          trailingDistance: decimal,
          seenPrice: decimal,
          slippageMax: decimal,
          timeInForce: () => random.pick(['gtc', 'gtd', 'ioc']),
          expiresAt: () => random.pick([0, AT, AT + 1, Date.UTC(9999, 11)]),
        }),
      }),
      'modify-order': () => ({
        orderId: id(),
        ...some({ quantity: decimal, limitPrice: decimal, stopPrice: decimal, ...levels }),
      }),
      'cancel-order': () => ({ orderId: id() }),
      'cancel-all-orders': () => some({ asset }),
      'modify-position': () => ({ positionId: id(), ...some(levels) }),
      'close-position': () => ({ positionId: id(), ...some({ quantity: decimal, slippageMax: decimal }) }),
      'close-all-positions': () => some({ asset }),
      deposit: () => ({ amount: decimal() }),
      withdraw: () => ({ amount: decimal() }),
      'adjust-balance': () => ({ amount: decimal(), reason: '__proto__' }),
    };
    const outcomes = { accepted: 0, refused: 0, repeated: 0 };
    for (let count = 1; count <= 20_000; count += 1) {
      const type = random.pick(Object.keys(makers) as TradeCommandType[]);
      const command = readCommand(message(type, makers[type]()), AT, () => asset());
      const outcome = decide(shard, command);
      outcomes[outcome.type] += 1;
      const price = { asset: 'SOL_USDC', bid: ticks(19_582), ask: ticks(19_583), sequence: count, at: AT };
      receiveQuote(shard, { ...price, source: 'simulated', status: 'live' });
    }
    assert.ok(outcomes.accepted > 100 && outcomes.refused > 1_000, JSON.stringify(outcomes));
  });
});
