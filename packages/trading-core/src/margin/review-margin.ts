import type { Account } from '../accounts/account.ts';
import { writeOffNegativeBalance } from '../ledger/write-off-negative-balance.ts';
import type { Micros } from '../numbers/units.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import { equity } from './equity.ts';
import { guardMargin } from './margin-guards.ts';
import { equityAtLevel } from './margin-level.ts';
import { stopOut } from './stop-out.ts';

/**
 * Looks at an account after its balance or positions have changed, or a price has left one of its guards: margin call,
 * stop-out, write-off, and new guards.
 */
export function reviewMargin(decision: Decision, account: Account): void {
  if (account.openPositions > 0) reviewLevel(decision, account);
  if (account.openPositions > 0) return;
  writeOffNegativeBalance(decision, account);
  if (account.isMarginCalled) clearMarginCall(decision, account);
}

function reviewLevel(decision: Decision, account: Account): void {
  const { marginCallPercent, marginCallResetPercent, stopOutPercent } = account.profile;
  let equityNow = equity(account);
  if (!account.isMarginCalled && equityNow <= equityAtLevel(account.usedMargin, marginCallPercent)) {
    callMargin(decision, account, equityNow);
  }
  if (equityNow <= equityAtLevel(account.usedMargin, stopOutPercent)) {
    stopOut(decision, account, equityNow);
    if (account.openPositions === 0) return;
    equityNow = equity(account);
  }
  if (account.isMarginCalled && equityNow > equityAtLevel(account.usedMargin, marginCallResetPercent)) {
    clearMarginCall(decision, account);
  }
  guardMargin(account, equityNow);
}

function callMargin(decision: Decision, account: Account, equityNow: Micros): void {
  emit(decision, {
    type: 'margin-called',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    equity: equityNow,
    usedMargin: account.usedMargin,
    marginCallPercent: account.profile.marginCallPercent,
  });
}

function clearMarginCall(decision: Decision, account: Account): void {
  emit(decision, {
    type: 'margin-call-cleared',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
  });
}
