import type { Event, Fill } from '../event.ts';
import { formatDecimal } from '../numbers/decimal.ts';

/** One line a trader can read: `closed p1 sell 10 @ 99 by stop-loss at 100, pnl -30`. Money in whole units. */
export function describeEvent(event: Event): string {
  switch (event.type) {
    case 'order-accepted':
      return `accepted o${event.orderId}`;
    case 'order-modified':
      return `modified o${event.orderId}`;
    case 'order-triggered':
      return `triggered o${event.orderId}`;
    case 'order-filled':
      return `filled o${event.orderId}`;
    case 'order-cancelled':
      return `cancelled o${event.orderId} by ${event.reason}`;
    case 'order-expired':
      return `expired o${event.orderId}`;
    case 'order-rejected':
      return `rejected o${event.orderId} ${event.refusal.code}`;
    case 'position-opened':
      return `opened ${fill(event.fill)}${levels(event)}`;
    case 'position-increased':
      return `increased ${fill(event.fill)}`;
    case 'position-reduced':
      return `reduced ${fill(event.fill)}, pnl ${money(event.fill.realizedPnl)}`;
    case 'position-closed':
      return `closed ${fill(event.fill)}, pnl ${money(event.fill.realizedPnl)}`;
    case 'position-modified':
      return `modified p${event.positionId}${levels(event)}${at(' best', event.trailingBest)}`;
    case 'trailing-best-reached':
      return `best ${event.side} ${event.price}`;
    case 'swap-charged':
      return `swap p${event.positionId} ×${event.days} ${money(event.amount)}`;
    case 'account-stopped-out':
      return `stopped-out ${event.accountId} equity ${money(event.equity)} used ${money(event.usedMargin)}`;
    case 'margin-called':
      return `margin-called ${event.accountId} equity ${money(event.equity)} used ${money(event.usedMargin)}`;
    case 'negative-balance-written-off':
      return `written-off ${event.accountId} ${money(event.amount)}`;
    case 'deposited':
    case 'withdrawn':
    case 'balance-adjusted':
      return `${event.type} ${event.accountId} ${money(event.amount)}`;
    case 'margin-call-cleared':
    case 'account-opened':
      return `${event.type} ${event.accountId}`;
    case 'instrument-listed':
    case 'trading-day-ended':
    case 'trading-state-changed':
      return event.type;
  }
}

/** Micros as units of the account currency, without needless digits: 1,500,000 is `1.5`. */
export function money(amount: number): string {
  return formatDecimal(amount, 6).replace(/\.?0+$/, '');
}

function fill({ positionId, side, quantity, price, rule, level, commission }: Fill): string {
  const cost = commission === 0 ? '' : `, commission ${money(commission)}`;
  return `p${positionId} ${side} ${quantity} @ ${price} by ${rule}${at(' at', level)}${cost}`;
}

interface Levels {
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly trailingDistance: number | null;
}

function levels({ stopLoss, takeProfit, trailingDistance }: Levels): string {
  return at(' SL', stopLoss) + at(' TP', takeProfit) + at(' trailing', trailingDistance);
}

function at(name: string, level: number | null): string {
  return level === null ? '' : `${name} ${level}`;
}
