import type { Problem } from '@repo/schemas';
import type { Micros, RefusalCode, Refused, Steps, Ticks } from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { moneyText, unitsOf } from './units.ts';

export type PresentedFigures = NonNullable<Problem['figures']>;

/** What a refusal does not say by itself. */
export interface RefusalContext {
  readonly shard: number;
  /** What the figures are ticks and steps of, where they do not name it. */
  readonly asset?: string | undefined;
  /** The fields of the request: what is no whole number of steps or ticks is told as it was asked for. */
  readonly asked?: Readonly<Record<string, unknown>> | undefined;
}

/** How a figure is written: as a decimal, as an id, or as it is. `asked` is as the request wrote it. */
type Kind =
  | 'price'
  | 'quantity'
  | 'money'
  | 'order'
  | 'position'
  | 'plain'
  | 'asked-quantity'
  | 'asked-price'
  | 'limit';

/** Every figure of every refusal. Of a limit the unit depends on what it limits. */
export const figureKinds = {
  'invalid-command': { reason: 'plain', amount: 'money', asset: 'plain' },
  'invalid-quote': { asset: 'plain', bid: 'price', ask: 'price', sequence: 'plain', min: 'price', max: 'price' },
  'quote-out-of-order': { asset: 'plain', sequence: 'plain', lastSequence: 'plain' },
  'unknown-account': { accountId: 'plain' },
  'duplicate-account': { accountId: 'plain' },
  'unknown-profile': { profile: 'plain' },
  'duplicate-client-order-id': { clientOrderId: 'plain', orderId: 'order' },
  'unknown-instrument': { asset: 'plain' },
  'order-not-open': { orderId: 'order' },
  'position-not-open': { positionId: 'position' },
  'instrument-halted': { asset: 'plain', state: 'plain' },
  'quantity-not-a-step': { quantity: 'asked-quantity' },
  'quantity-below-minimum': { quantity: 'asked-quantity', min: 'quantity' },
  'quantity-above-maximum': { quantity: 'asked-quantity', max: 'quantity' },
  'price-not-a-tick': { field: 'plain', price: 'asked-price', min: 'price', max: 'price' },
  'price-not-live': { asset: 'plain', status: 'plain' },
  'level-on-wrong-side': { field: 'plain', level: 'price', price: 'price' },
  'slippage-exceeded': { seenPrice: 'price', price: 'price', slippageMax: 'price' },
  'amount-too-large': { notional: 'money', amount: 'money', max: 'money' },
  'exposure-limit': { limit: 'plain', current: 'limit', added: 'limit', max: 'limit' },
  'insufficient-margin': {
    amount: 'money',
    freeMargin: 'money',
    equity: 'money',
    usedMargin: 'money',
    commission: 'money',
    spread: 'money',
  },
  'insufficient-balance': { amount: 'money', balance: 'money' },
} as const satisfies Readonly<Record<RefusalCode, Readonly<Record<string, Kind>>>>;

/** What each limit counts. */
export const limitKinds: Readonly<Record<string, Kind>> = {
  'account-positions': 'plain',
  'account-pending-orders': 'plain',
  'account-notional': 'money',
  'instrument-net-quantity': 'quantity',
  'firm-gross-notional': 'money',
};

/** The name of a figure on the wire, where it is not the core's. */
const wireNames: Readonly<Record<string, string>> = { slippageMax: 'maxSlippage' };

/**
 * The figures of a refusal in the units of the wire: prices, quantities and money as decimals, items by their ids. A
 * figure that cannot be told in them, for want of an instrument, is left out.
 */
export function presentFigures({ code, figures }: Refused, context: RefusalContext): PresentedFigures {
  const kinds: Readonly<Record<string, Kind>> = figureKinds[code];
  const asset = typeof figures.asset === 'string' ? figures.asset : context.asset;
  const presented: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(figures)) {
    const kind = kinds[name] === 'limit' ? limitKinds[String(figures.limit)] : kinds[name];
    const asked = context.asked?.[name === 'price' ? String(figures.field) : name];
    const text = kind && present(kind, value, { shard: context.shard, asset, asked });
    if (text !== undefined) presented[wireNames[name] ?? name] = text;
  }
  return presented;
}

type Presented = string | number | null | undefined;

function present(
  kind: Kind,
  value: string | number | null,
  { shard, asset, asked }: { readonly shard: number; readonly asset: string | undefined; readonly asked: unknown },
): Presented {
  switch (kind) {
    case 'plain':
      return typeof value === 'string' ? inWireNames(value) : value;
    case 'order':
    case 'position':
      return itemId(shard, Number(value));
    case 'money':
      return money(value);
    case 'asked-quantity':
    case 'asked-price':
      if (typeof asked === 'string') return asked;
      return count(kind === 'asked-price' ? 'price' : 'quantity', value, asset);
    case 'price':
    case 'quantity':
      return count(kind, value, asset);
    case 'limit':
      return undefined;
  }
}

function count(kind: 'price' | 'quantity', value: string | number | null, asset: string | undefined): Presented {
  if (!Number.isSafeInteger(value)) return undefined;
  const units = asset === undefined ? undefined : unitsIfKnown(asset);
  return kind === 'price' ? units?.price(value as Ticks) : units?.quantity(value as Steps);
}

function unitsIfKnown(asset: string): ReturnType<typeof unitsOf> | undefined {
  try {
    return unitsOf(asset);
  } catch {
    return undefined;
  }
}

/** A figure beyond the exact integers is told as the whole units that a double knows of it. */
function money(value: string | number | null): Presented {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Number.isSafeInteger(value) ? moneyText(value as Micros) : String(BigInt(Math.trunc(value / 1_000_000)));
}

/** The core's reasons name its own fields. */
function inWireNames(text: string): string {
  return Object.entries(wireNames).reduce((all, [core, wire]) => all.replaceAll(core, wire), text);
}
