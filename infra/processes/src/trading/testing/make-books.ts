import type { PriceUpdate } from '@repo/schemas';
import {
  type Command,
  createShard,
  decide,
  defaultProfiles,
  defaultTerms,
  type Event,
  ledgerTransaction,
  micros,
  receiveQuote,
  ticks,
} from '@repo/trading-core';
import type { Books, EntryRow, OrderRow, PositionRow } from '../books.ts';
import { Published } from '../published.ts';

/** Books that can be tampered with: every list and row is its own. */
export type Draft = {
  -readonly [Table in keyof Books]: { -readonly [Field in keyof Books[Table][number]]: Books[Table][number][Field] }[];
};

type Input =
  | { readonly [K in Command['type']]: Omit<Extract<Command, { type: K }>, 'at'> }[Command['type']]
  | { readonly asset: string; readonly bid: number; readonly ask: number; readonly status?: 'live' | 'stale' };

/** The books of one shard after these inputs, as the engine would have written them. The core decides. */
export function makeBooks(inputs: readonly Input[]): { books: Draft; published: Published } {
  const shard = createShard({ profiles: defaultProfiles, grossNotionalMax: micros(1e15), recentOrdersMax: 100 });
  const published = new Published();
  const events: Books['events'][number][] = [];
  let at = 1_000_000;
  let sequence = 0;
  const note = (decided: readonly Event[], command: string | null) => {
    for (const event of decided) {
      const account = 'accountId' in event ? event.accountId : null;
      // As JSON gives them back.
      const data = JSON.parse(JSON.stringify(event)) as unknown;
      events.push({ shard: 0, sequence: event.sequence, type: event.type, account, command, at: event.at, data });
    }
  };
  for (const terms of defaultTerms) {
    const listed = decide(shard, { type: 'list-instrument', at, terms });
    if (listed.type === 'accepted') note(listed.events, null);
  }
  for (const input of inputs) {
    at += 100;
    if ('type' in input) {
      const outcome = decide(shard, { ...input, at });
      if (outcome.type !== 'accepted') throw new Error(JSON.stringify(outcome));
      note(outcome.events, 'a-command');
      continue;
    }
    sequence += 1;
    const { asset, bid, ask, status = 'live' } = input;
    published.add(updateOf({ asset, bid, ask, status, sequence, at }));
    const quote = { asset, bid: ticks(bid), ask: ticks(ask), sequence, at, source: 'backpack', status };
    const outcome = receiveQuote(shard, quote);
    if (outcome.type === 'accepted') note(outcome.events, null);
  }
  return { books: rowsOf(events), published };
}

function updateOf(quote: { asset: string; bid: number; ask: number; status: string; sequence: number; at: number }) {
  // Of SOL_USDC, whose tick is 0.01.
  const text = (price: number) => (price / 100).toFixed(2);
  return { ...quote, bid: text(quote.bid), ask: text(quote.ask), timestamp: quote.at } as unknown as PriceUpdate;
}

function rowsOf(events: Books['events']): Draft {
  const accounts = new Map<string, Draft['accounts'][number]>();
  const orders = new Map<number, OrderRow>();
  const positions = new Map<number, PositionRow>();
  const draft: Draft = {
    events: structuredClone(events) as Draft['events'],
    accounts: [],
    orders: [],
    positions: [],
    fills: [],
    transactions: [],
    entries: [],
    house: [],
  };
  for (const { shard, sequence, type, data } of events) {
    if (type === 'account-opened') {
      const { accountId: id, mode, profile } = data;
      accounts.set(id, { id, shard, mode, profile, balance: 0n, isMarginCalled: false });
    }
    if (type.startsWith('order-')) {
      const { orderId: id, accountId, terms } = data;
      const known = orders.get(id);
      const status = type === 'order-accepted' ? 'accepted' : (known?.status ?? '');
      const ends = ['order-filled', 'order-cancelled', 'order-expired', 'order-rejected'].includes(type);
      orders.set(id, {
        ...(known ?? {
          shard,
          id,
          account: accountId,
          clientOrderId: terms.clientOrderId,
          asset: terms.asset,
          endReason: null,
        }),
        status: ends ? type.slice('order-'.length) : status,
      });
    }
    if ('fill' in data) note(draft, positions, shard, sequence, data);
    const booked = ledgerTransaction(data as Event);
    if (booked === undefined) continue;
    draft.transactions.push({ shard, sequence, cause: booked.cause });
    for (const { account, amount } of booked.entries) {
      draft.entries.push({ shard, sequence, account, amount: BigInt(amount) });
    }
  }
  const sums = new Map<string, bigint>();
  for (const { account, amount } of draft.entries as EntryRow[]) sums.set(account, (sums.get(account) ?? 0n) + amount);
  for (const account of accounts.values()) {
    draft.accounts.push({ ...account, balance: sums.get(`client:${account.id}`) ?? 0n });
  }
  for (const [account, balance] of sums) {
    if (!account.startsWith('client:')) draft.house.push({ shard: 0, account, balance });
  }
  draft.orders = [...orders.values()];
  draft.positions = [...positions.values()];
  return draft;
}

// biome-ignore lint/suspicious/noExplicitAny: an event with a fill
function note(draft: Draft, positions: Map<number, PositionRow>, shard: number, sequence: number, data: any): void {
  const { fill, accountId: account, quantity, cost } = data;
  const known = positions.get(fill.positionId);
  positions.set(fill.positionId, {
    shard,
    id: fill.positionId,
    account,
    asset: fill.asset,
    side: known?.side ?? (fill.side === 'buy' ? 'long' : 'short'),
    quantity: BigInt(quantity),
    cost: BigInt(cost),
    commission: (known?.commission ?? 0n) + BigInt(fill.commission),
    swap: 0n,
    realizedPnl: (known?.realizedPnl ?? 0n) + BigInt(fill.realizedPnl),
  });
  draft.fills.push({
    shard,
    id: fill.id,
    sequence,
    account,
    order: fill.orderId,
    position: fill.positionId,
    asset: fill.asset,
    side: fill.side,
    quantity: BigInt(fill.quantity),
    price: BigInt(fill.price),
    rule: fill.rule,
    realizedPnl: BigInt(fill.realizedPnl),
    commission: BigInt(fill.commission),
  });
}
