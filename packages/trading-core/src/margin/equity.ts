import type { Account } from '../accounts/account.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { legPnl } from '../positions/unrealized-pnl.ts';

/** Balance plus unrealized profit and loss, at the newest quotes. */
export function equity(account: Account): Micros {
  let sum: number = account.balance;
  for (const leg of account.legs) sum += legPnl(leg);
  return micros(sum);
}
