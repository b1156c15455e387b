import type { Mutation } from '../mutation.ts';

export const whatOneQuoteSetsOff: readonly Mutation[] = [
  {
    name: 'take profits come before stop losses',
    file: 'triggers/set-off-triggers.ts',
    find: '    setOffStop(decision, market.longStopLosses, market.longTrailingStops, bid, quote) ||\n    setOffStop(decision, market.shortStopLosses, market.shortTrailingStops, ask, quote) ||\n    setOffTakeProfit(decision, market.longTakeProfits, bid, quote) ||\n    setOffTakeProfit(decision, market.shortTakeProfits, ask, quote)',
    replace:
      '    setOffTakeProfit(decision, market.longTakeProfits, bid, quote) ||\n    setOffTakeProfit(decision, market.shortTakeProfits, ask, quote) ||\n    setOffStop(decision, market.longStopLosses, market.longTrailingStops, bid, quote) ||\n    setOffStop(decision, market.shortStopLosses, market.shortTrailingStops, ask, quote)',
  },
  {
    name: 'a stop loss comes before a trailing stop that the price came by first',
    file: 'triggers/set-off-triggers.ts',
    find: 'lead > 0 || (lead === 0',
    replace: 'lead < 0 || (lead === 0',
  },
  {
    name: 'of a stop loss and a trailing stop at one level the younger comes first',
    file: 'triggers/set-off-triggers.ts',
    find: 'stopLoss.id <= trailingStop.id',
    replace: 'stopLoss.id > trailingStop.id',
  },
  {
    name: 'what leaves a heap still believes to be in it',
    file: 'triggers/level-heap.ts',
    find: '    this.#setSlot(removed, -1);\n',
    replace: '',
  },
  {
    name: 'margin is not reviewed after an entry',
    file: 'triggers/set-off-triggers.ts',
    find: 'level });\n  reviewMargin(decision, account);\n',
    replace: 'level });\n',
  },
  {
    name: 'entries come before exits',
    file: 'triggers/set-off-triggers.ts',
    find: 'setOffExit(decision, market, quote) || setOffEntry(decision, market, quote)',
    replace: 'setOffEntry(decision, market, quote) || setOffExit(decision, market, quote)',
  },
  {
    name: 'stop entries come before limits',
    file: 'triggers/set-off-triggers.ts',
    find: `    reached(market.buyLimits, ask) ??
    reached(market.sellLimits, bid) ??
    reached(market.buyStops, ask) ??
    reached(market.sellStops, bid);`,
    replace: `    reached(market.buyStops, ask) ??
    reached(market.sellStops, bid) ??
    reached(market.buyLimits, ask) ??
    reached(market.sellLimits, bid);`,
  },
  {
    name: 'of equal levels the younger comes first',
    file: 'triggers/level-heap.ts',
    find: 'item.id < (this.#items[slot] as Item).id',
    replace: 'item.id > (this.#items[slot] as Item).id',
  },
  {
    name: 'the heap looks at its left children only',
    file: 'triggers/level-heap.ts',
    find: '        child = right;\n',
    replace: '        child = right - 1;\n',
  },
  {
    name: 'an item in the middle of the heap only sinks when it is moved',
    file: 'triggers/level-heap.ts',
    find: '    this.#rise(slot);\n    if (this.#items[slot] === item) this.#sink(slot);',
    replace: '    if (this.#items[slot] === item) this.#sink(slot);',
  },
  {
    name: 'a removed level leaves the first one as it was',
    file: 'triggers/level-heap.ts',
    find: 'this.#firstKey = this.#keys.length === 0 ? Number.POSITIVE_INFINITY : (this.#keys[0] as number);',
    replace: 'if (this.#keys.length === 0) this.#firstKey = Number.POSITIVE_INFINITY;',
  },
  {
    name: 'a stop loss fills at its level through a gap',
    file: 'positions/fill-closing.ts',
    find: 'const price = closingPrice(position.side, quote);',
    replace: "const price = rule === 'stop-loss' && level !== null ? level : closingPrice(position.side, quote);",
  },
  {
    name: 'a triggered entry fills without another look at margin and limits',
    file: 'triggers/set-off-triggers.ts',
    find: 'if (refusal !== undefined) {',
    replace: "if (refusal !== undefined && refusal.code !== 'insufficient-margin') {",
  },
  {
    name: 'margin is not reviewed after an exit',
    file: 'triggers/set-off-triggers.ts',
    find: '  reviewMargin(decision, position.leg.account);\n',
    replace: '',
  },
  {
    name: 'a stop-limit fills at once when its stop is reached',
    file: 'triggers/set-off-triggers.ts',
    find: "terms.type === 'stop-limit' && waitsForStop(terms, order.isTriggered)",
    replace: 'false',
  },
  {
    name: 'a triggered stop-limit waits for its stop again',
    file: 'orders/pending-orders.ts',
    find: '  order.isTriggered = true;\n',
    replace: '',
  },
];
