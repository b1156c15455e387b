import type { Account } from '../accounts/account.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { equity } from './equity.ts';
import { marginLevel } from './margin-level.ts';

/** An account as its owner sees it, at the newest quotes. */
export interface AccountFigures {
  readonly balance: Micros;
  readonly unrealizedPnl: Micros;
  /** Balance + unrealized profit and loss. */
  readonly equity: Micros;
  readonly usedMargin: Micros;
  /** Equity − used margin: what new positions may use. */
  readonly freeMargin: Micros;
  /** Equity / used margin in hundredths of a percent, rounded down; `null` without used margin. */
  readonly marginLevel: number | null;
}

export function accountFigures(account: Account): AccountFigures {
  const { balance, usedMargin } = account;
  const now = equity(account);
  return {
    balance,
    unrealizedPnl: micros(now - balance),
    equity: now,
    usedMargin,
    freeMargin: micros(now - usedMargin),
    marginLevel: marginLevel(now, usedMargin),
  };
}
