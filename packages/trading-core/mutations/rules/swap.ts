import type { Mutation } from '../mutation.ts';

export const swap: readonly Mutation[] = [
  {
    name: 'a day that has been charged is charged again when the clock goes back',
    file: 'swap/charge-swaps.ts',
    find: 'if (lastDay <= shard.swapDay) return;',
    replace: 'if (lastDay === shard.swapDay) return;',
  },
  {
    name: 'days in between are not charged',
    file: 'swap/charge-swaps.ts',
    find: 'day = position.swapDay + 1; day',
    replace: 'day = lastDay; day',
  },
  {
    name: 'triple swap is charged once',
    file: 'swap/swap.ts',
    find: 'terms.swapShortPpm) * days',
    replace: 'terms.swapShortPpm) * 1',
  },
  {
    name: 'swap is charged twice for a day',
    file: 'shard/evolve.ts',
    find: '      position.swapDay = event.day;\n',
    replace: '',
  },
  {
    name: 'swap is charged for the day that goes on',
    file: 'swap/charge-swaps.ts',
    find: 'const lastDay = swapDayOf(at) - 1;',
    replace: 'const lastDay = swapDayOf(at);',
  },
  {
    name: 'the weekend is charged on Thursday',
    file: 'swap/swap-day.ts',
    find: 'const WEDNESDAY = 3;',
    replace: 'const WEDNESDAY = 4;',
  },
  {
    name: 'weekends are charged again',
    file: 'swap/swap-day.ts',
    find: 'return weekday === 0 || weekday === 6 ? 0 : 1;',
    replace: 'return 1;',
  },
  {
    name: 'shorts pay the rate of longs',
    file: 'swap/swap.ts',
    find: "side === 'long' ? terms.swapLongPpm : terms.swapShortPpm",
    replace: 'terms.swapLongPpm',
  },
  {
    name: 'a year of financing has 365 days',
    file: 'swap/swap.ts',
    find: '2 * 360 * 1_000_000',
    replace: '2 * 365 * 1_000_000',
  },
  {
    name: 'swap is charged on the notional at the bid',
    file: 'swap/swap.ts',
    find: 'quote.bid + quote.ask',
    replace: 'quote.bid + quote.bid',
  },
  {
    name: 'a position pays for the day before it was opened',
    file: 'positions/apply-fill.ts',
    find: 'Math.max(swapDayOf(at) - 1, shard.swapDay)',
    replace: 'swapDayOf(at) - 2',
  },
];
