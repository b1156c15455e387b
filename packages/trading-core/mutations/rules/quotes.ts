import type { Mutation } from '../mutation.ts';

export const quotes: readonly Mutation[] = [
  {
    name: 'a quote of a halted instrument forgets the guards it leaves',
    file: 'margin/review-crossed-guards.ts',
    find: 'for (const account of takeCrossed(market, quote)) guardMargin(account, equity(account));',
    replace: 'takeCrossed(market, quote);',
  },
  {
    name: 'overdue accounts are not reviewed',
    file: 'margin/review-crossed-guards.ts',
    find: '  for (const { account } of market.overdue) accounts.add(account);\n',
    replace: '',
  },
  {
    name: 'accounts that one quote touches come in any order',
    file: 'margin/review-crossed-guards.ts',
    find: '.sort((a, b) => a.ordinal - b.ordinal)',
    replace: '.sort((a, b) => b.ordinal - a.ordinal)',
  },
  {
    name: 'a stale quote sets off triggers and stop-outs',
    file: 'quotes/receive-quote.ts',
    find: "if (quote.status !== 'live' || !isTouchedBy",
    replace: 'if (!isTouchedBy',
  },
  {
    name: 'what is held is worth what a stale quote says',
    file: 'quotes/keep-quote.ts',
    find: '{ ...quote, bid: last.bid, ask: last.ask }',
    replace: '{ ...quote }',
  },
  {
    name: 'a stale quote leaves the market live',
    file: 'quotes/keep-quote.ts',
    find: '{ ...quote, bid: last.bid, ask: last.ask }',
    replace: '{ ...quote, bid: last.bid, ask: last.ask, status: last.status }',
  },
  {
    name: 'an old quote is taken again',
    file: 'quotes/receive-quote.ts',
    find: 'sequence > last.sequence',
    replace: 'sequence >= last.sequence',
  },
  {
    name: 'a crossed quote is taken',
    file: 'quotes/receive-quote.ts',
    find: ' && bid <= ask',
    replace: '',
  },
  {
    name: 'a price below the limits of the instrument is taken',
    file: 'quotes/receive-quote.ts',
    find: 'bid >= terms.priceMin && ',
    replace: '',
  },
  {
    name: 'sell stops sleep unless something else wakes them',
    file: 'quotes/receive-quote.ts',
    find: '    market.sellStops.isReachedBy(bid) ||\n',
    replace: '',
  },
  {
    name: 'an overdue account waits for a price to leave a guard',
    file: 'quotes/receive-quote.ts',
    find: '    market.overdue.size > 0 ||\n',
    replace: '',
  },
  {
    name: 'the mark-up is taken off the ask',
    file: 'quotes/mark-up-quote.ts',
    find: '-(mid + half)',
    replace: '-(mid - half)',
  },
  {
    name: 'the marked-up bid is rounded up',
    file: 'quotes/mark-up-quote.ts',
    find: 'ticks(Number(floor(mid - half, unit)))',
    replace: 'ticks(Number(-floor(-(mid - half), unit)))',
  },
  {
    name: 'the least spread is not kept',
    file: 'quotes/mark-up-quote.ts',
    find: 'spread > leastSpread ? spread : leastSpread',
    replace: 'spread',
  },
];
