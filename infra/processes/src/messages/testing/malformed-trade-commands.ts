import { randomUUID } from 'node:crypto';
import { type TradeCommand, tradeShards } from '@repo/schemas';
import { changed, type MalformedMessage, malformedAnyhow, withRaw } from './malformed-message.ts';
import { keyInto, type TradeClient } from './trade-client.ts';

const SHARD = 4;

/** What can be wrong with a command, as its schema sees it and as the engine of its shard does. */
export function malformedTradeCommands(client: TradeClient): readonly MalformedMessage[] {
  const { userId } = client;
  const accountId = keyInto(tradeShards, SHARD);
  const order = {
    clientOrderId: 'one',
    asset: 'SOL_USDC',
    side: 'buy',
    orderType: 'market',
    quantity: '1.00',
  } as const;
  const place = client.command(accountId, 'place-order', order);
  const open = client.command(accountId, 'open-account', { userId, mode: 'hedging', profile: 'professional' });
  const deposit = client.command(accountId, 'deposit', { amount: '1' });
  const modify = client.command(accountId, 'modify-order', { orderId: 1 });
  const adjust = client.command(accountId, 'adjust-balance', { amount: '1', reason: 'goodwill' });
  const data = (good: TradeCommand, fields: Readonly<Record<string, unknown>>) =>
    changed(good, { data: { ...good.data, ...fields } });

  const cases: Record<string, [value: string, reason: RegExp]> = {
    'an unknown type': [changed(place, { type: 'get-rich' }), /at type/],
    'a type of JavaScript': [changed(place, { type: '__proto__' }), /at type/],
    'no type': [changed(place, { type: undefined }), /at type/],
    'the data of another type': [changed(place, { data: deposit.data }), /at data/],
    'no data': [changed(place, { data: null }), /at data/],
    'data with a field more': [data(place, { leverage: '500' }), /Unrecognized key: "leverage"/],
    'data with a field named __proto__': [
      withRaw(deposit, 'data', '{"amount":"1","__proto__":{"amount":"1000000"}}'),
      /Unrecognized key: "__proto__"/,
    ],
    'a quantity beyond a double': [data(place, { quantity: '1e999' }), /at data\.quantity/],
    'a quantity as a number': [data(place, { quantity: 1 }), /at data\.quantity/],
    'NaN as a quantity': [data(place, { quantity: 'NaN' }), /at data\.quantity/],
    'a quantity of minus nothing': [data(place, { quantity: '-0' }), /at data\.quantity/],
    'a quantity of 41 digits': [data(place, { quantity: '1'.repeat(41) }), /at data\.quantity/],
    'a quantity in hexadecimal': [data(place, { quantity: '0x10' }), /at data\.quantity/],
    'a price with a comma': [data(place, { limitPrice: '195,82' }), /at data\.limitPrice/],
    'a price with spaces': [data(place, { stopPrice: ' 195.82' }), /at data\.stopPrice/],
    'a level that is taken away before it is there': [data(place, { stopLoss: null }), /at data\.stopLoss/],
    'an asset of JavaScript': [data(place, { asset: '__proto__' }), /at data\.asset/],
    'an asset in small letters': [data(place, { asset: 'sol_usdc' }), /at data\.asset/],
    'an unknown side': [data(place, { side: 'both' }), /at data\.side/],
    'an unknown order type': [data(place, { orderType: 'iceberg' }), /at data\.orderType/],
    'an order without a name': [data(place, { clientOrderId: '' }), /at data\.clientOrderId/],
    'a name with NUL': [data(place, { clientOrderId: 'one\0' }), /at data\.clientOrderId/],
    'a name of 65 letters': [data(place, { clientOrderId: 'a'.repeat(65) }), /at data\.clientOrderId/],
    'an end beyond the year 9999': [data(place, { expiresAt: 8e15 }), /at data\.expiresAt/],
    'an order id of zero': [data(modify, { orderId: 0 }), /at data\.orderId/],
    'an order id and a half': [data(modify, { orderId: 1.5 }), /at data\.orderId/],
    'an order id that is not exact': [data(modify, { orderId: 2 ** 53 }), /at data\.orderId/],
    'an amount with an exponent': [data(deposit, { amount: '1e6' }), /at data\.amount/],
    'an amount as an object': [data(deposit, { amount: { valueOf: '1' } }), /at data\.amount/],
    'no reason': [data(adjust, { reason: '' }), /at data\.reason/],
    'a reason with NUL': [data(adjust, { reason: 'good\0will' }), /at data\.reason/],
    'a reason cut in a letter': [data(adjust, { reason: 'goodwill \ud83d' }), /at data\.reason/],
    'a reason of 300 letters': [data(adjust, { reason: 'a'.repeat(300) }), /at data\.reason/],
    'an unknown mode': [data(open, { mode: 'both' }), /at data\.mode/],
    'a profile with NUL': [data(open, { profile: 'pro\0' }), /at data\.profile/],
    'a user id in capitals': [data(open, { userId: userId.toUpperCase() }), /at data\.userId/],
    'a user who is not there': [data(open, { userId: randomUUID() }), /a user who is not there/],
    'an account id of JavaScript': [changed(place, { accountId: '__proto__' }), /at accountId/],
    'an account id in capitals': [changed(place, { accountId: accountId.toUpperCase() }), /at accountId/],
    'an account of another shard': [
      changed(open, { accountId: keyInto(tradeShards, SHARD + 1) }),
      /one of shard 5, not of 4/,
    ],
    'a command id that is none': [changed(place, { commandId: 'constructor' }), /at commandId/],
    'a command id in capitals': [changed(place, { commandId: 'ABCDEF01-2345-4678-9ABC-DEF012345678' }), /at commandId/],
    'no one to answer': [changed(place, { replyTo: '' }), /at replyTo/],
    'no end': [changed(place, { expiresAt: undefined }), /at expiresAt/],
  };
  return [
    ...malformedAnyhow(deposit, accountId),
    ...Object.entries(cases).map(([what, [value, reason]]) => ({
      what,
      message: { key: accountId, value, partition: SHARD },
      reason,
    })),
  ];
}
