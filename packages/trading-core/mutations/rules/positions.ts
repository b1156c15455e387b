import type { Mutation } from '../mutation.ts';

export const positions: readonly Mutation[] = [
  {
    name: 'close-all closes the positions of other instruments, too',
    file: 'positions/close-position.ts',
    find: '    if (asset !== undefined && market.terms.asset !== asset) continue;\n',
    replace: '',
  },
  {
    name: 'an added-to position loses the levels that the order does not name',
    file: 'positions/fill-opening.ts',
    find: 'stopLoss: stopLoss ?? position.stopLoss',
    replace: 'stopLoss',
  },
  {
    name: 'an order that adds to a position does not set its levels',
    file: 'positions/fill-opening.ts',
    find: 'if (stopLoss === null && takeProfit === null && trailingDistance === null) return;',
    replace: 'if (position !== null) return;',
  },
  {
    name: 'what the client asks to close is closed twice over',
    file: 'positions/fill-closing.ts',
    find: 'quantity: steps(position.quantity - quantity)',
    replace: 'quantity: steps(position.quantity - Math.min(position.quantity, 2 * quantity))',
  },
  {
    name: 'market sums of shorts count as longs',
    file: 'positions/apply-fill.ts',
    find: 'market.clientShort = steps(market.clientShort + quantity)',
    replace: 'market.clientLong = steps(market.clientLong + quantity)',
  },
  {
    name: 'a partial close takes the cost of the whole',
    file: 'positions/fill-closing.ts',
    find: 'multiplyDivideDown(position.cost, quantity, position.quantity)',
    replace: 'position.cost',
  },
  {
    name: 'the cost of a partial close is rounded up',
    file: 'positions/fill-closing.ts',
    find: 'multiplyDivideDown(position.cost, quantity, position.quantity)',
    replace: '-multiplyDivideDown(-position.cost, quantity, position.quantity)',
  },
  {
    name: 'an opposite fill of a netting account opens beside what it reduces',
    file: 'positions/net-fill.ts',
    find: 'opened: steps(quantity - reduced)',
    replace: 'opened: quantity',
  },
  {
    name: 'a flip ends at zero',
    file: 'positions/net-fill.ts',
    find: 'opened: steps(quantity - reduced)',
    replace: 'opened: steps(0)',
  },
  {
    name: 'a hedging account is netted',
    file: 'positions/net-fill.ts',
    find: "account.mode === 'netting' ? ",
    replace: "account.mode !== 'netting' || true ? ",
  },
  {
    name: 'a flip opens onto the position that it has closed',
    file: 'orders/fill-order.ts',
    find: 'reduced > 0 ? null : position',
    replace: 'position',
  },
  {
    name: 'more than is open can be closed',
    file: 'positions/close-position.ts',
    find: 'checkQuantity(quantity, min, position.quantity)',
    replace: 'checkQuantity(quantity, min, market.terms.quantityMax)',
  },
  {
    name: 'a remainder below the minimum cannot be closed',
    file: 'positions/close-position.ts',
    find: 'steps(Math.min(market.terms.quantityMin, position.quantity))',
    replace: 'market.terms.quantityMin',
  },
  {
    name: 'close-all stops at the first instrument that is not live',
    file: 'positions/close-position.ts',
    find: '      continue;\n    }\n    for',
    replace: '      break;\n    }\n    for',
  },
  {
    name: 'the levels of a closed position stay behind',
    file: 'positions/apply-fill.ts',
    find: '  removeLevels(position);\n',
    replace: '',
  },
  {
    name: 'the leg of the last position stays behind',
    file: 'positions/apply-fill.ts',
    find: '  if (leg.firstPosition === null) removeLeg(leg);\n',
    replace: '',
  },
];
