import {
  type Command,
  countDecimals,
  defaultInstruments,
  type Instrument,
  MICROS_PER_UNIT,
  type Micros,
  micros,
  type Steps,
  steps,
  type Ticks,
  ticks,
} from '@repo/trading-core';
import type { TradeCommand } from './trade-topics.ts';

const instruments: ReadonlyMap<string, Instrument> = new Map(defaultInstruments.map((one) => [one.asset, one]));

/**
 * A message as a command of the core. Decimals become ticks, steps and micros; one that is not a whole number of them
 * becomes a fraction, which the core refuses with its own code and figures. A price in an instrument that nobody
 * knows is read as if its tick were 1: the core refuses the instrument first.
 *
 * @param at ms since the epoch, by the engine's clock: the moment that the book records.
 * @param assetOf the asset of an order or a position of the account; undefined when it is not open.
 */
export function readCommand(
  { accountId, ...message }: TradeCommand,
  at: number,
  assetOf: (item: { readonly orderId: number } | { readonly positionId: number }) => string | undefined,
): Command {
  switch (message.type) {
    case 'open-account': {
      const { mode, profile, deposit } = message.data;
      const first = deposit === undefined ? {} : { deposit: money(deposit) };
      return { type: message.type, at, accountId, mode, profile, ...first };
    }
    case 'place-order': {
      const { data } = message;
      const { price, quantity } = unitsOf(data.asset);
      return {
        type: message.type,
        at,
        accountId,
        clientOrderId: data.clientOrderId,
        asset: data.asset,
        side: data.side,
        orderType: data.orderType,
        quantity: quantity(data.quantity),
        ...prices(data, placedPrices, price),
        ...(data.timeInForce !== undefined && { timeInForce: data.timeInForce }),
        ...(data.expiresAt !== undefined && { expiresAt: data.expiresAt }),
      };
    }
    case 'modify-order': {
      const { data } = message;
      const { price, quantity } = unitsOf(assetOf(data));
      return {
        type: message.type,
        at,
        accountId,
        orderId: data.orderId,
        ...(data.quantity !== undefined && { quantity: quantity(data.quantity) }),
        ...prices(data, ['limitPrice', 'stopPrice'], price),
        ...levels(data, price),
        ...(data.expiresAt !== undefined && { expiresAt: data.expiresAt }),
      };
    }
    case 'cancel-order':
      return { type: message.type, at, accountId, orderId: message.data.orderId };
    case 'modify-position': {
      const { data } = message;
      const { price } = unitsOf(assetOf(data));
      return { type: message.type, at, accountId, positionId: data.positionId, ...levels(data, price) };
    }
    case 'close-position': {
      const { data } = message;
      const { price, quantity } = unitsOf(assetOf(data));
      return {
        type: message.type,
        at,
        accountId,
        positionId: data.positionId,
        ...(data.quantity !== undefined && { quantity: quantity(data.quantity) }),
        ...prices(data, ['seenPrice', 'slippageMax'], price),
      };
    }
    case 'cancel-all-orders':
    case 'close-all-positions': {
      const { asset } = message.data;
      return { type: message.type, at, accountId, ...(asset !== undefined && { asset }) };
    }
    case 'deposit':
    case 'withdraw':
      return { type: message.type, at, accountId, amount: money(message.data.amount) };
    case 'adjust-balance': {
      const { amount, reason } = message.data;
      return { type: message.type, at, accountId, amount: money(amount), reason };
    }
  }
}

const placedPrices = [
  'limitPrice',
  'stopPrice',
  'stopLoss',
  'takeProfit',
  'trailingDistance',
  'seenPrice',
  'slippageMax',
] as const;
const levelNames = ['stopLoss', 'takeProfit', 'trailingDistance'] as const;

interface Units {
  readonly price: (text: string) => Ticks;
  readonly quantity: (text: string) => Steps;
}

function unitsOf(asset: string | undefined): Units {
  const { tickSize, quantityStep } = instruments.get(asset ?? '') ?? { tickSize: '1', quantityStep: '1' };
  return {
    price: (text) => ticks(countOf(text, tickSize)),
    quantity: (text) => steps(countOf(text, quantityStep)),
  };
}

function money(text: string): Micros {
  return micros(countOf(text, String(1 / MICROS_PER_UNIT)));
}

/** How many units a decimal is: a whole number only when it is that many, to the last of its digits. */
function countOf(text: string, unit: string): number {
  const decimals = Math.max(countDecimals(text), countDecimals(unit));
  const [value, size] = [scaled(text, decimals), scaled(unit, decimals)];
  if (value % size === 0n) return Number(value / size);
  const count = Number(text) / Number(unit);
  if (!Number.isInteger(count)) return count;
  // Too close to an integer for a double to tell: the next half is, up to here.
  return Math.abs(count) < 2 ** 52 ? count + 0.5 : Number.NaN;
}

/** A decimal in units of 10^-`decimals`, of which it has no more. */
function scaled(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
}

/** Those of the named prices that are given. */
function prices<Name extends string>(
  data: { readonly [Given in Name]?: string | undefined },
  names: readonly Name[],
  price: Units['price'],
): Partial<Record<Name, Ticks>> {
  const given = names.flatMap((name) => (data[name] === undefined ? [] : [[name, price(data[name])] as const]));
  return Object.fromEntries(given) as Partial<Record<Name, Ticks>>;
}

function levels(
  data: { readonly [Given in (typeof levelNames)[number]]?: string | null | undefined },
  price: Units['price'],
): Partial<Record<(typeof levelNames)[number], Ticks | null>> {
  const given = levelNames.flatMap((name) => {
    const text = data[name];
    return text === undefined ? [] : [[name, text === null ? null : price(text)] as const];
  });
  return Object.fromEntries(given);
}
