import type { Mutation } from '../mutation.ts';

export const tradingStatesAndLimits: readonly Mutation[] = [
  {
    name: 'one pending order too many',
    file: 'orders/place-order.ts',
    find: 'account.pendingOrders >= max',
    replace: 'account.pendingOrders > max',
  },
  {
    name: 'the limit of the firm does not count what is added',
    file: 'limits/check-exposure.ts',
    find: 'shard.grossNotional + added.notional > shard.options.grossNotionalMax',
    replace: 'shard.grossNotional > shard.options.grossNotionalMax',
  },
  {
    name: 'market orders open while exposure may only be reduced',
    file: 'orders/place-order.ts',
    find: "state !== 'active' && (state",
    replace: "state === 'halted' && (state",
  },
  {
    name: 'a position can be modified while trading is halted',
    file: 'positions/modify-position.ts',
    find: "  if (isRefused(quote) && quote.code === 'instrument-halted') return quote;\n  const levels",
    replace: '  const levels',
  },
  {
    name: 'the tick value of a listed instrument can be changed',
    file: 'instruments/list-instrument.ts',
    find: "['assetClass', 'tickValue', 'priceMin', 'priceMax']",
    replace: "['assetClass', 'priceMin', 'priceMax']",
  },
  {
    name: 'the reach of a price counts from the lowest price only',
    file: 'instruments/price-span.ts',
    find: 'Math.max(priceMax - priceMin, Math.abs(priceMin), Math.abs(priceMax))',
    replace: 'priceMax - priceMin',
  },
  {
    name: 'triggers go off while trading is halted',
    file: 'quotes/receive-quote.ts',
    find: "if (tradingStateOf(shard, market) !== 'halted') {",
    replace: 'if (tradingStateOf(shard, market) !== null) {',
  },
  {
    name: 'positions can be closed while trading is halted',
    file: 'limits/tradable.ts',
    find: "if (tradingStateOf(shard, market) === 'halted') return refuseHalted(market, 'halted');\n",
    replace: '',
  },
  {
    name: 'a halt of the firm is ignored where the instrument is active',
    file: 'limits/tradable.ts',
    find: 'stricter(shard.tradingState, market.tradingState)',
    replace: 'market.tradingState',
  },
  {
    name: 'a pending order opens while exposure may only be reduced',
    file: 'margin/check-fill.ts',
    find: " || (state === 'reducing' && net.opened > 0)",
    replace: '',
  },
  {
    name: 'a stale quote of another instrument held does not stop an opening',
    file: 'margin/check-fill.ts',
    find: '    if (isRefused(quote)) return quote;\n  }',
    replace: '  }',
  },
  {
    name: 'one position too many',
    file: 'limits/check-exposure.ts',
    find: 'account.openPositions + added.positions > profile.openPositionsMax',
    replace: 'account.openPositions > profile.openPositionsMax',
  },
  {
    name: 'the notional limit of an account does not count what is added',
    file: 'limits/check-exposure.ts',
    find: 'account.openNotional + added.notional > profile.notionalMax',
    replace: 'account.openNotional > profile.notionalMax',
  },
  {
    name: 'the net limit of an instrument refuses what reduces the net',
    file: 'limits/check-exposure.ts',
    find: ' && Math.abs(netAfter) > Math.abs(net)',
    replace: '',
  },
  {
    name: 'sells count as buys in the net of an instrument',
    file: 'limits/check-exposure.ts',
    find: "(added.side === 'buy' ? 1 : -1)",
    replace: '1',
  },
  {
    name: "the firm's notional is not given back at a close",
    file: 'positions/apply-fill.ts',
    find: 'micros(shard.grossNotional + addedNotional)',
    replace: 'micros(shard.grossNotional + Math.max(0, addedNotional))',
  },
  {
    name: 'figures that leave the exact integers are let through',
    file: 'margin/check-fill.ts',
    find: 'Math.abs(account.balance) + 2 * reach;',
    replace: 'Math.abs(account.balance);',
  },
  {
    name: 'a deposit that leaves the exact integers is taken',
    file: 'ledger/move-money.ts',
    find: 'Math.abs(account.balance + amount) + 2 * account.reach',
    replace: 'Math.abs(account.balance + amount)',
  },
];
