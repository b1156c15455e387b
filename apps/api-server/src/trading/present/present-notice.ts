import type { AccountNotice } from '@repo/schemas';
import { type Event, formatDecimal, marginLevel } from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { presentFigures } from './present-figures.ts';
import { moneyText } from './units.ts';

const DAY_MS = 86_400_000;

/** The events that are told in words, beside the orders and positions that they change. */
export type NoticedEvent = Extract<
  Event,
  {
    type:
      | 'margin-called'
      | 'margin-call-cleared'
      | 'account-stopped-out'
      | 'order-rejected'
      | 'negative-balance-written-off'
      | 'swap-charged'
      | 'deposited'
      | 'withdrawn'
      | 'balance-adjusted';
  }
>;

/** @param clientOrderId of the order that the event is about, if it is about one. */
export function presentNotice(event: NoticedEvent, shard: number, clientOrderId?: string): AccountNotice {
  const type = event.type === 'account-stopped-out' ? 'stopped-out' : event.type;
  return { type, at: event.at, figures: figuresOf(event, shard, clientOrderId) };
}

function figuresOf(event: NoticedEvent, shard: number, clientOrderId?: string): AccountNotice['figures'] {
  switch (event.type) {
    case 'margin-called': {
      const { equity, usedMargin, marginCallPercent } = event;
      return { ...marginFigures(equity, usedMargin), marginCallPercent };
    }
    case 'margin-call-cleared':
      return {};
    case 'account-stopped-out': {
      const { balance, equity, usedMargin, stopOutPercent } = event;
      return { balance: moneyText(balance), ...marginFigures(equity, usedMargin), stopOutPercent };
    }
    case 'order-rejected':
      return {
        orderId: itemId(shard, event.orderId),
        ...(clientOrderId !== undefined && { clientOrderId }),
        code: event.refusal.code,
        ...presentFigures(event.refusal, { shard, asset: event.quote.asset }),
      };
    case 'swap-charged':
      return {
        transactionId: itemId(shard, event.sequence),
        positionId: itemId(shard, event.positionId),
        asset: event.quote.asset,
        amount: moneyText(event.amount),
        day: new Date(event.day * DAY_MS).toISOString().slice(0, 10),
        days: event.days,
      };
    case 'negative-balance-written-off':
    case 'deposited':
    case 'withdrawn':
      return { transactionId: itemId(shard, event.sequence), amount: moneyText(event.amount) };
    case 'balance-adjusted':
      return {
        transactionId: itemId(shard, event.sequence),
        amount: moneyText(event.amount),
        reason: event.reason,
      };
  }
}

type Money = Parameters<typeof moneyText>[0];

function marginFigures(equity: Money, usedMargin: Money): AccountNotice['figures'] {
  const level = marginLevel(equity, usedMargin);
  return {
    equity: moneyText(equity),
    usedMargin: moneyText(usedMargin),
    marginLevel: level === null ? null : formatDecimal(level, 2),
  };
}
