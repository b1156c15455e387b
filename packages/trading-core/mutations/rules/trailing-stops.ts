import type { Mutation } from '../mutation.ts';

export const trailingStops: readonly Mutation[] = [
  {
    name: 'a trailing stop starts at the side that opened the position',
    file: 'positions/apply-fill.ts',
    find: 'trailingBest: closingPrice(side, fill.quote)',
    replace: "trailingBest: closingPrice(side === 'long' ? 'short' : 'long', fill.quote)",
  },
  {
    name: 'a better price moves the newest cohort only',
    file: 'triggers/trailing-stops.ts',
    find: 'top !== undefined && top.best <= best; top',
    replace: 'top !== undefined && merged === undefined && top.best <= best; top',
  },
  {
    name: 'a cohort without stops is not taken off the top',
    file: 'triggers/trailing-stops.ts',
    find: 'top !== undefined && isEmpty(top); top',
    replace: 'top === undefined && isEmpty(top); top',
  },
  {
    name: 'stops that have seen the same best price count as older',
    file: 'triggers/trailing-stops.ts',
    find: 'if (found?.best === best) {',
    replace: 'if (found !== undefined) {',
  },
  {
    name: 'a trailing stop goes back with the price',
    file: 'triggers/trailing-stops.ts',
    find: 'top !== undefined && this.#sign * price > top.best',
    replace: 'top !== undefined && this.#sign * price !== top.best',
  },
  {
    name: "a short's trailing stop stands below the price",
    file: 'triggers/trailing-stops.ts',
    find: 'stop.cohort.best - stop.distance',
    replace: 'stop.cohort.best + this.#sign * stop.distance',
  },
  {
    name: 'cohorts that merge lose the stops of the smaller',
    file: 'triggers/trailing-stops.ts',
    find: '    larger.stops.insert(stop, stop.distance);\n',
    replace: '',
  },
  {
    name: 'a cohort keeps the level of a stop that has left it',
    file: 'triggers/trailing-stops.ts',
    find: '    if (cohort.stops.size > 0) {\n      this.#rank(cohort);',
    replace: '    if (cohort.stops.size > 0) {',
  },
  {
    name: 'margin is reviewed before stops have gone off',
    file: 'quotes/receive-quote.ts',
    find: `    setOffTriggers(decision, market, quote);
    reviewCrossedGuards(decision, market, quote);`,
    replace: `    reviewCrossedGuards(decision, market, quote);
    setOffTriggers(decision, market, quote);`,
  },
  {
    name: 'a new stop loss starts the trailing stop anew',
    file: 'positions/modify-position.ts',
    find: "const startsAnew = typeof command.trailingDistance === 'number';",
    replace: 'const startsAnew = levels.trailingDistance !== null;',
  },
];
