import type { Mutation } from '../mutation.ts';

export const whoTradesAtWhichSide: readonly Mutation[] = [
  {
    name: 'positions open at the other side of the quote',
    file: 'positions/fill-opening.ts',
    find: "terms.side === 'buy' ? quote.ask : quote.bid",
    replace: "terms.side === 'buy' ? quote.bid : quote.ask",
  },
  {
    name: 'positions close at the side they opened at',
    file: 'positions/unrealized-pnl.ts',
    find: "return side === 'long' ? quote.bid : quote.ask",
    replace: "return side === 'long' ? quote.ask : quote.bid",
  },
  {
    name: 'a short gains when the price rises',
    file: 'positions/unrealized-pnl.ts',
    find: "side === 'long' ? gained : 0 - gained",
    replace: 'gained',
  },
  {
    name: 'unrealized profit of shorts is taken at the bid',
    file: 'positions/unrealized-pnl.ts',
    find: 'quote.ask * leg.shortQuantity',
    replace: 'quote.bid * leg.shortQuantity',
  },
  {
    name: 'a level equal to the price is not reached',
    file: 'triggers/level-heap.ts',
    find: 'this.#sign * price >= this.#firstKey',
    replace: 'this.#sign * price > this.#firstKey',
  },
  {
    name: 'stop losses of longs are compared with the ask',
    file: 'triggers/set-off-triggers.ts',
    find: 'market.longStopLosses, market.longTrailingStops, bid,',
    replace: 'market.longStopLosses, market.longTrailingStops, ask,',
  },
  {
    name: 'take profits of shorts are compared with the bid',
    file: 'triggers/set-off-triggers.ts',
    find: 'market.shortTakeProfits, ask,',
    replace: 'market.shortTakeProfits, bid,',
  },
  {
    name: 'buy limits are compared with the bid',
    file: 'triggers/set-off-triggers.ts',
    find: 'reached(market.buyLimits, ask)',
    replace: 'reached(market.buyLimits, bid)',
  },
  {
    name: 'buy stops wait for a falling price',
    file: 'instruments/market.ts',
    find: "buyStops: new LevelHeap('rises'",
    replace: "buyStops: new LevelHeap('falls'",
  },
];
