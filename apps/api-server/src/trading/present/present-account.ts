import type { Account as AccountOfWire } from '@repo/schemas';
import { type Account, accountFigures, formatDecimal } from '@repo/trading-core';
import { moneyText } from './units.ts';

/** @param openedAt ms since the epoch. */
export function presentAccount(account: Account, openedAt: number): AccountOfWire {
  const { balance, unrealizedPnl, equity, usedMargin, freeMargin, marginLevel } = accountFigures(account);
  return {
    id: account.id,
    mode: account.mode,
    profile: account.profile.name as AccountOfWire['profile'],
    currency: 'USD',
    openedAt,
    balance: moneyText(balance),
    unrealizedPnl: moneyText(unrealizedPnl),
    equity: moneyText(equity),
    usedMargin: moneyText(usedMargin),
    freeMargin: moneyText(freeMargin),
    marginLevel: marginLevel === null ? null : formatDecimal(marginLevel, 2),
    isMarginCalled: account.isMarginCalled,
    isPriced: account.legs.every(({ market }) => market.quote?.status === 'live'),
  };
}
