import fc from 'fast-check';
import type { AccountMode } from '../accounts/account.ts';
import type { Profile } from '../accounts/profile.ts';
import { micros, type Ticks, ticks } from '../numbers/units.ts';
import type { Side } from '../orders/order-terms.ts';
import type { QuoteStatus } from '../quotes/quote.ts';
import { type Book, openBook, plainProfile } from './book.ts';

/** Something a market, a client, an operator or the clock does. Most of it is taken, some refused. */
export type Step =
  | { readonly do: 'quote'; readonly asset: string; readonly move: number; readonly spread: number }
  | { readonly do: 'status'; readonly asset: string; readonly status: QuoteStatus }
  | { readonly do: 'market'; readonly side: Side; readonly quantity: number; readonly exits: Exits | null }
  | { readonly do: 'pending'; readonly side: Side; readonly type: PendingType; readonly away: number }
  | { readonly do: 'modify' | 'close' | 'cancel'; readonly which: number; readonly quantity: number }
  | { readonly do: 'money'; readonly amount: number; readonly by: 'deposit' | 'withdraw' | 'adjust-balance' }
  | { readonly do: 'halt'; readonly asset: string | null; readonly state: 'active' | 'reducing' | 'halted' }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'close-all' | 'cancel-all' };

type PendingType = 'limit' | 'stop' | 'stop-limit';

/** Distances from the price, in ticks. */
interface Exits {
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly trailing: number;
}

/** A step, who takes it and in which instrument. */
export interface RandomStep {
  readonly account: string;
  readonly asset: string;
  readonly step: Step;
}

const assets = ['XYZ', 'UVW'] as const;
const modes: Readonly<Record<string, AccountMode>> = { A: 'hedging', B: 'netting', C: 'hedging', D: 'hedging' };
const startPrices: Readonly<Record<string, number>> = { XYZ: 1_000, UVW: 30_000 };

const mostMargin: Profile = {
  ...plainProfile,
  name: 'most-margin',
  stopOutOrder: 'most-margin',
  negativeBalanceProtection: false,
  leverage: {
    ...plainProfile.leverage,
    crypto: [
      { notionalMax: micros(3_000_001), leverage: 30 },
      { notionalMax: null, leverage: 7 },
    ],
  },
};

const side = fc.constantFrom<Side>('buy', 'sell');
const asset = fc.constantFrom(...assets);
// Mostly small, now and then a gap. In thousandths of the price.
const move = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -15, max: 15 }) },
  { weight: 1, arbitrary: fc.integer({ min: -200, max: 200 }) },
);
const exits = fc.record({
  stopLoss: fc.integer({ min: 0, max: 80 }),
  takeProfit: fc.integer({ min: 0, max: 80 }),
  trailing: fc.integer({ min: 0, max: 60 }),
});

const quoteStep = fc.record({ do: fc.constant('quote' as const), asset, move, spread: fc.integer({ min: 0, max: 4 }) });
const marketStep = fc.record({
  do: fc.constant('market' as const),
  side,
  quantity: fc.integer({ min: 1, max: 9 }),
  exits: fc.option(exits),
});

const openingStep = marketStep.map((given) => ({ ...given, exits: null }));
const statusStep = fc.record({
  do: fc.constant('status' as const),
  asset,
  status: fc.constantFrom<QuoteStatus>('live', 'live', 'stale', 'down'),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: quoteStep },
  { weight: 20, arbitrary: marketStep },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pending' as const),
      side,
      type: fc.constantFrom<PendingType>('limit', 'stop', 'stop-limit'),
      away: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('modify' as const, 'close' as const, 'cancel' as const),
      which: fc.nat(),
      quantity: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('money' as const),
      amount: fc.integer({ min: -400_000, max: 400_000 }),
      by: fc.constantFrom('deposit' as const, 'withdraw' as const, 'adjust-balance' as const),
    }),
  },
  { weight: 3, arbitrary: statusStep },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('halt' as const),
      asset: fc.constantFrom('XYZ', 'UVW', null),
      state: fc.constantFrom('active' as const, 'active' as const, 'reducing' as const, 'halted' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close-all' as const, 'cancel-all' as const) }) },
);

export const randomStep: fc.Arbitrary<RandomStep> = fc.record({
  account: fc.constantFrom(...Object.keys(modes)),
  asset,
  step,
});

export const randomSteps: fc.Arbitrary<RandomStep[]> = fc.array(randomStep, { minLength: 10, maxLength: 120 });

/** Only what moves prices and what opens: for accounts that live at their margin levels. */
export const marginSteps: fc.Arbitrary<RandomStep[]> = fc.array(
  fc.record({
    account: fc.constantFrom(...Object.keys(modes)),
    asset,
    step: fc.oneof<fc.Arbitrary<Step>[]>(quoteStep, quoteStep, quoteStep, statusStep, openingStep),
  }),
  { minLength: 20, maxLength: 150 },
);

/** Two instruments with costs and prices of a thousandth and a ten-thousandth, four accounts with little money. */
export function openRandomBook(): Book {
  const costs = { commissionPpm: 333, commissionMin: 70, swapLongPpm: 180_000, swapShortPpm: -40_000 };
  const book = openBook({ deposit: 0, profiles: [mostMargin], terms: { ...costs, tickValue: 1_000 } });
  book.list({ ...costs, asset: 'UVW', tickValue: 33, swapSchedule: 'triple-wednesday' });
  for (const name of assets) {
    const price = startPrices[name] as number;
    book.quote(price, price, { asset: name });
  }
  for (const [id, mode] of Object.entries(modes)) {
    if (id !== 'A') book.openAccount(id, { mode, deposit: 0, ...(id >= 'C' ? { profile: mostMargin } : {}) });
    book.do({ type: 'deposit', at: book.at, accountId: id, amount: micros(900_000) });
  }
  return book;
}

/** @returns what happened, a line an event. */
export function take(book: Book, { account, asset: where, step: given }: RandomStep): string[] {
  const quoteOf = (name: string) => book.market(name).quote ?? { bid: 1_000 as Ticks, ask: 1_000 as Ticks };
  const { bid, ask } = quoteOf(where);
  const at = { account, asset: where };
  switch (given.do) {
    case 'quote': {
      const price = quoteOf(given.asset).bid;
      const moved = Math.round(price * (1 + given.move / 1_000)) + Math.sign(given.move);
      const next = Math.min(90_000, Math.max(20, moved));
      return book.quote(next, next + given.spread, { asset: given.asset });
    }
    case 'status': {
      const last = quoteOf(given.asset);
      return book.quote(last.bid, last.ask, { asset: given.asset, status: given.status });
    }
    case 'market': {
      const sign = given.side === 'buy' ? 1 : -1;
      const price = given.side === 'buy' ? bid : ask;
      return book.place(given.side, 'market', given.quantity, { ...at, ...exitsOf(given.exits, price, sign) });
    }
    case 'pending': {
      const sign = (given.side === 'buy') === (given.type === 'limit') ? -1 : 1;
      const price = ticks((given.side === 'buy' ? ask : bid) + sign * given.away);
      const prices = given.type === 'limit' ? { limitPrice: price } : { stopPrice: price };
      const both = given.type === 'stop-limit' ? { ...prices, limitPrice: price } : prices;
      const ending = given.away % 3 === 0 ? { timeInForce: 'gtd' as const, expiresAt: book.at + 7_200_000 } : {};
      return book.place(given.side, given.type, 1 + (given.away % 4), { ...at, ...both, ...ending });
    }
    case 'modify': {
      const position = pick([...book.shard.positions.values()], given.which);
      if (position === undefined) return [];
      const sign = position.side === 'long' ? 1 : -1;
      const quote = quoteOf(position.leg.market.terms.asset);
      const stopLoss = (sign > 0 ? quote.bid : quote.ask) - sign * 5 * given.quantity;
      const trailingDistance = given.quantity % 2 === 0 ? 7 * given.quantity : null;
      return book.modifyPosition(position.id, { account: position.leg.account.id, stopLoss, trailingDistance });
    }
    case 'close': {
      const position = pick([...book.shard.positions.values()], given.which);
      if (position === undefined) return [];
      return book.close(position.id, Math.min(given.quantity, position.quantity), {
        account: position.leg.account.id,
      });
    }
    case 'cancel': {
      const order = pick([...book.shard.orders.values()], given.which);
      return order === undefined ? [] : book.cancel(order.id, order.account.id);
    }
    case 'money': {
      const { by, amount } = given;
      const command = { at: book.at, accountId: account };
      if (by !== 'adjust-balance') return book.do({ ...command, type: by, amount: micros(Math.abs(amount)) });
      return book.do({ ...command, type: by, amount: micros(amount), reason: 'random' });
    }
    case 'halt':
      return book.setState(given.state, given.asset);
    case 'wait':
      return book.advance(book.at + given.hours * 3_600_000);
    case 'close-all':
      return book.closeAll({ account });
    case 'cancel-all':
      return book.cancelAll({ account });
  }
}

function exitsOf(given: Exits | null, price: number, sign: number) {
  if (given === null) return {};
  const { stopLoss, takeProfit, trailing } = given;
  return {
    ...(stopLoss > 0 ? { stopLoss: price - sign * stopLoss } : {}),
    ...(takeProfit > 0 ? { takeProfit: price + sign * takeProfit } : {}),
    ...(trailing > 0 ? { trailingDistance: trailing } : {}),
  };
}

function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % items.length];
}
