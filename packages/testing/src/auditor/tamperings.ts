import type { Event } from '@repo/trading-core';
import type { Input } from '../workload/workload.ts';

/** Makes other events of those of one input; `undefined` to wait for a better occasion. */
export type Tampering = (events: readonly Event[], input: Input) => readonly Event[] | undefined;
type Kind<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** Changes the first event of a type. */
function change<Type extends Event['type']>(
  type: Type,
  edit: (event: Kind<Type>) => Kind<Type> | undefined,
): Tampering {
  return (events) => {
    for (const [index, event] of events.entries()) {
      const edited = event.type === type ? edit(event as Kind<Type>) : undefined;
      if (edited !== undefined) return events.with(index, edited);
    }
    return undefined;
  };
}

/** Adds to a field of the first event of a type. */
function off<Type extends Event['type']>(type: Type, field: keyof Kind<Type>, by = 1): Tampering {
  return change(type, (event) => ({ ...event, [field]: Number(event[field]) + by }));
}

type Filled = 'position-opened' | 'position-increased' | 'position-reduced' | 'position-closed';

function changeFill(type: Filled, edit: (fill: Kind<Filled>['fill']) => object | undefined): Tampering {
  return change(type, (event) => {
    const edited = edit(event.fill);
    return edited === undefined ? undefined : { ...event, fill: { ...event.fill, ...edited } };
  });
}

/** Takes the first event of a type away, and closes the gap in the sequence. */
function lose(type: Event['type']): Tampering {
  return (events) => {
    const index = events.findIndex((event) => event.type === type);
    if (index < 0) return undefined;
    const later = events.slice(index + 1).map((event) => ({ ...event, sequence: event.sequence - 1 }));
    return [...events.slice(0, index), ...later];
  };
}

/** Lets the first event of a type happen twice. */
function double(type: Event['type']): Tampering {
  return (events) => {
    const index = events.findIndex((event) => event.type === type);
    const event = events[index];
    if (event === undefined) return undefined;
    const later = events.slice(index).map((each) => ({ ...each, sequence: each.sequence + 1 }));
    return [...events.slice(0, index), event, ...later];
  };
}

/** A quote that sets nothing off although it should. */
function miss(type: Event['type'], rule?: string): Tampering {
  return (events, input) => {
    if ('type' in input) return undefined;
    return events.some((event) => event.type === type && (!('fill' in event) || event.fill.rule === rule))
      ? []
      : undefined;
  };
}

/** Two closes of one input in the other order. */
function swapCloses(rule: string): Tampering {
  return (events) => {
    const indices = events.flatMap((event, index) =>
      event.type === 'position-closed' && event.fill.rule === rule ? [index] : [],
    );
    const [first = -1, second = -1] = indices;
    const [a, b] = [events[first], events[second]];
    if (a === undefined || b === undefined) return undefined;
    return events.with(first, { ...b, sequence: a.sequence }).with(second, { ...a, sequence: b.sequence });
  };
}

/** What a broken core might tell, by what is wrong with it. */
export const tamperings: Readonly<Record<string, Tampering>> = {
  'an opening fill at the other side of the quote': changeFill('position-opened', ({ price, quote }) =>
    quote.bid === quote.ask ? undefined : { price: price === quote.bid ? quote.ask : quote.bid },
  ),
  'a closing fill at the other side of the quote': changeFill('position-closed', ({ price, quote }) =>
    quote.bid === quote.ask ? undefined : { price: price === quote.bid ? quote.ask : quote.bid },
  ),
  'a fill at its level through a gap': changeFill('position-closed', ({ price, level, rule }) =>
    rule !== 'stop-loss' || level === price ? undefined : { price: level },
  ),
  'a fill at an older quote': changeFill('position-opened', ({ quote }) => ({
    quote: { ...quote, sequence: quote.sequence - 1 },
  })),
  'a flipped profit': changeFill('position-closed', ({ realizedPnl }) =>
    realizedPnl === 0 ? undefined : { realizedPnl: 0 - realizedPnl },
  ),
  'a profit capped at nothing': changeFill('position-closed', ({ realizedPnl }) =>
    realizedPnl >= 0 ? undefined : { realizedPnl: 0 },
  ),
  'a commission a micro short': changeFill('position-opened', ({ commission }) => ({ commission: commission - 1 })),
  'a commission left out at the close': changeFill('position-closed', ({ commission }) =>
    commission === 0 ? undefined : { commission: 0 },
  ),
  'a rounding not booked': changeFill('position-opened', ({ rounding }) =>
    rounding === 0 ? undefined : { rounding: 0 },
  ),
  'a carry that forgets': changeFill('position-closed', ({ roundingCarry }) => ({ roundingCarry: roundingCarry + 1 })),
  'another rule': changeFill('position-closed', ({ rule }) =>
    rule === 'stop-loss' ? { rule: 'take-profit' } : undefined,
  ),
  'another level': changeFill('position-closed', ({ level }) => (level === null ? undefined : { level: level + 1 })),
  'a fill id used twice': changeFill('position-opened', ({ id }) => ({ id: id - 1 })),
  'a position of another order': changeFill('position-opened', ({ orderId }) => ({ orderId: Number(orderId) - 1 })),
  'a cost rounded the other way': off('position-reduced', 'cost'),
  'an increase at a wrong average': off('position-increased', 'cost'),
  'a quantity too many': off('position-reduced', 'quantity'),
  'a lost fill': lose('position-closed'),
  'a lost opening': lose('position-opened'),
  'an order that stays pending': lose('order-filled'),
  'a fill twice': double('position-closed'),
  'a gap in the sequence': off('order-accepted', 'sequence'),
  'another moment': off('order-accepted', 'at'),
  'a missed stop loss': miss('position-closed', 'stop-loss'),
  'a missed take profit': miss('position-closed', 'take-profit'),
  'a missed trailing stop': miss('position-closed', 'trailing-stop'),
  'a missed limit order': miss('position-opened', 'limit'),
  'a missed stop order': miss('position-opened', 'stop'),
  'a missed stop of a stop-limit order': miss('order-triggered'),
  'a missed stop-out': miss('account-stopped-out'),
  'a missed margin call': miss('margin-called'),
  'stops set off in the other order': swapCloses('stop-loss'),
  'targets set off in the other order': swapCloses('take-profit'),
  'a stop-out that closes in the other order': swapCloses('stop-out'),
  'a trailing stop that does not follow': lose('trailing-best-reached'),
  'a trailing stop that runs ahead': off('trailing-best-reached', 'price'),
  'a margin call twice': double('margin-called'),
  'a margin call never cleared': lose('margin-call-cleared'),
  'a stop-out’s equity': off('account-stopped-out', 'equity'),
  'a stop-out’s used margin': off('account-stopped-out', 'usedMargin', -1),
  'a debt not written off': lose('negative-balance-written-off'),
  'a debt written off in part': off('negative-balance-written-off', 'amount', -1),
  'a swap charged twice': double('swap-charged'),
  'a swap left out': lose('swap-charged'),
  'a swap the other way': change('swap-charged', (event) => ({
    ...event,
    amount: (0 - event.amount) as typeof event.amount,
  })),
  'a swap a micro off': off('swap-charged', 'amount'),
  'a swap of another day': off('swap-charged', 'day'),
  'a Wednesday like any day': change('swap-charged', (event) => (event.days === 3 ? { ...event, days: 1 } : undefined)),
  'an order that never expires': lose('order-expired'),
  'an order rejected for another reason': change('order-rejected', (event) => ({
    ...event,
    refusal: { ...event.refusal, code: 'order-not-open' },
  })),
  'an order rejected at another free margin': change('order-rejected', (event) => {
    const { figures, code } = event.refusal;
    if (code !== 'insufficient-margin') return undefined;
    return { ...event, refusal: { ...event.refusal, figures: { ...figures, freeMargin: 1 } } };
  }),
  'levels of an order not kept': change('order-accepted', (event) =>
    event.terms.stopLoss === null ? undefined : { ...event, terms: { ...event.terms, stopLoss: null } },
  ),
  'levels not taken over by the position': change('position-opened', (event) =>
    event.stopLoss === null ? undefined : { ...event, stopLoss: null },
  ),
  'another deposit': off('deposited', 'amount'),
  'another withdrawal': off('withdrawn', 'amount'),
  'a correction the other way': change('balance-adjusted', (event) => ({
    ...event,
    amount: (0 - event.amount) as typeof event.amount,
  })),
  'an event from nowhere': double('order-cancelled'),
};
