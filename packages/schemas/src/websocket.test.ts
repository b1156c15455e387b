import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChannelSchema, ClientFrameSchema, ServerFrameSchema } from './websocket.ts';

describe('ChannelSchema', () => {
  const account = 'account:0b9f3f4a-98f9-4b6a-8d2b-0d6a4f5b7c11';
  for (const channel of ['prices', 'candles:SOL_USDC:1m', 'candles:BTC_USDC:1w', 'account', account]) {
    it(`takes ${channel}`, () => assert.equal(ChannelSchema.safeParse(channel).success, true));
  }
  for (const channel of [
    '',
    'price',
    'candles',
    'candles:SOL_USDC',
    'candles:sol:1m',
    'candles:SOL_USDC:2m',
    'candles:SOL_USDC:1m:x',
    'account:',
    'account:7',
    'account:0B9F3F4A-98F9-4B6A-8D2B-0D6A4F5B7C11x',
    'accounts',
  ]) {
    it(`refuses "${channel}"`, () => assert.equal(ChannelSchema.safeParse(channel).success, false));
  }
});

describe('ClientFrameSchema', () => {
  it('knows three operations and no other key', () => {
    assert.equal(ClientFrameSchema.safeParse({ op: 'subscribe', channels: ['prices'] }).success, true);
    assert.equal(ClientFrameSchema.safeParse({ op: 'ping', id: '7' }).success, true);
    assert.equal(ClientFrameSchema.safeParse({ op: 'subscribe', channels: [] }).success, false);
    assert.equal(ClientFrameSchema.safeParse({ op: 'subscribe', channels: ['prices'], admin: true }).success, false);
    assert.equal(ClientFrameSchema.safeParse({ op: 'publish', channels: ['prices'] }).success, false);
    assert.equal(ClientFrameSchema.safeParse({ op: 'subscribe', channels: Array(33).fill('prices') }).success, false);
  });
});

describe('ServerFrameSchema', () => {
  it('takes the frames of the contract', () => {
    const data = [
      {
        asset: 'SOL_USDC',
        price: 195.825,
        timestamp: 1,
        bid: '195.82',
        ask: '195.83',
        status: 'live',
        source: 'replay',
        sequence: 3,
      },
    ];
    assert.equal(ServerFrameSchema.safeParse({ channel: 'prices', type: 'update', sequence: 42, data }).success, true);
    assert.equal(
      ServerFrameSchema.safeParse({
        channel: 'prices',
        type: 'snapshot',
        sequence: 41,
        data: [{ ...data[0], startPrice: 1 }],
      }).success,
      true,
    );
    assert.equal(
      ServerFrameSchema.safeParse({ channel: 'candles:SOL_USDC:1m', type: 'snapshot', sequence: 0, data: [] }).success,
      true,
    );
    assert.equal(
      ServerFrameSchema.safeParse({ type: 'error', code: 'invalid-frame', message: 'not JSON' }).success,
      true,
    );
    assert.equal(ServerFrameSchema.safeParse({ channel: 'prices', type: 'update', data }).success, false);
  });
});
