import type { Mutation } from '../mutation.ts';

export const shards: readonly Mutation[] = [
  {
    name: 'a snapshot forgets the best prices of trailing stops',
    file: 'shard/snapshot.ts',
    find: 'trailingBest: trailingBest(position),',
    replace:
      'trailingBest: position.trailing === null ? null : position.leg.market.quote === null ? null : position.leg.market.quote.bid,',
  },
  {
    name: 'a snapshot forgets the orders remembered for retries',
    file: 'shard/load-shard.ts',
    find: 'for (const { accountId, orderId, terms } of snapshot.recentOrders) shard.recentOrders.add(accountId, orderId, terms);',
    replace: '',
  },
  {
    name: 'a snapshot forgets what rounding has left',
    file: 'shard/load-shard.ts',
    find: '    roundingCarry: snapshot.roundingCarry,\n',
    replace: '',
  },
  {
    name: 'the hash does not see balances',
    file: 'shard/snapshot.ts',
    find: '      balance,\n      isMarginCalled,\n    })),',
    replace: '      balance: balance < 0 ? balance : 0,\n      isMarginCalled,\n    })),',
  },
  {
    name: 'a conservation report trusts the running margin',
    file: 'shard/conservation-report.ts',
    find: ': margin`, leg.margin, margin)',
    replace: ': margin`, leg.margin, leg.margin)',
  },
  {
    name: 'the house is exposed like its clients',
    file: 'limits/house-exposure.ts',
    find: 'clientShort - clientLong',
    replace: 'clientLong - clientShort',
  },
  {
    name: 'a snapshot forgets margin calls',
    file: 'shard/load-shard.ts',
    find: '    account.isMarginCalled = isMarginCalled;\n',
    replace: '',
  },
  {
    name: 'a loaded shard has no guards',
    file: 'shard/load-shard.ts',
    find: 'if (account.openPositions > 0) guardMargin(account, equity(account));',
    replace: 'if (account.openPositions < 0) guardMargin(account, equity(account));',
  },
  {
    name: 'a loaded stop-limit waits for its stop again',
    file: 'shard/load-shard.ts',
    find: '    if (isTriggered) turnIntoLimit(order);\n',
    replace: '',
  },
  {
    name: 'an explained stop compares the wrong way round',
    file: 'explain.ts',
    find: "isStop === (side === 'buy') ? 'at-or-above'",
    replace: "isStop === (side === 'sell') ? 'at-or-above'",
  },
];
