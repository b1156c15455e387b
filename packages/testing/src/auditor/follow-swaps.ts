import type { Quote } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import type { AuditedAccount, AuditedPosition } from './books.ts';
import { checkLedger } from './check-ledger.ts';
import { gather, swapDaysOf, swapOf } from './fees.ts';
import { followReview } from './follow-review.ts';

/** Expects the swaps of all days that have ended, once a position and day, oldest position first. */
export function followSwaps(audit: Audit): void {
  const { books, cursor } = audit;
  const lastDay = Math.floor(audit.at / 86_400_000) - 1;
  if (lastDay <= books.swapDay) return;
  const charged = new Set<AuditedAccount>();
  for (const position of books.positions.values()) {
    for (let day = position.lastSwapDay + 1; day <= lastDay; day += 1) {
      const days = swapDaysOf(position.market.terms, day);
      if (days === 0) continue;
      followSwap(audit, position, day, days);
      charged.add(position.account);
    }
  }
  cursor.expect({ type: 'trading-day-ended', day: lastDay });
  books.swapDay = lastDay;
  for (const account of charged) followReview(audit, account);
}

function followSwap(audit: Audit, position: AuditedPosition, day: number, days: number): void {
  const { books } = audit;
  const { account, market, side, quantity } = position;
  const quote = market.quote as Quote;
  const { amount, owed } = swapOf(market.terms, side, quantity, quote, days);
  const { rounding, carry } = gather(books.roundingCarry, owed);
  const event = audit.cursor.expect({
    type: 'swap-charged',
    accountId: account.id,
    positionId: position.id,
    day,
    days,
    quantity,
    quote,
    amount: Number(amount),
    rounding: Number(rounding),
    roundingCarry: Number(carry),
  });
  checkLedger(audit, event, `swap:${position.id}:${day}`, [
    [`client:${account.id}`, 'house:swap', amount],
    ['house:rounding', 'house:swap', rounding],
  ]);
  account.balance -= amount;
  books.roundingCarry = carry;
  position.lastSwapDay = day;
  position.paidSwap += amount;
}
