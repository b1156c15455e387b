import type { Account } from '../accounts/account.ts';
import { accrue } from '../ledger/accrue.ts';
import { reviewMargin } from '../margin/review-margin.ts';
import type { Position } from '../positions/position.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import { swap } from './swap.ts';
import { swapDayOf, swapDays } from './swap-day.ts';

/**
 * Charges the swaps of every day that has ended before `at` and is not charged yet, once a position and day, at the
 * last live quote. A position pays for the days at whose end it was open.
 */
export function chargeSwaps(decision: Decision): void {
  const { shard, at } = decision;
  const lastDay = swapDayOf(at) - 1;
  if (lastDay <= shard.swapDay) return;
  const charged = new Set<Account>();
  for (const position of shard.positions.values()) {
    for (let day = position.swapDay + 1; day <= lastDay; day += 1) {
      const days = swapDays(position.leg.market.terms.swapSchedule, day);
      if (days === 0) continue;
      chargeSwap(decision, position, day, days);
      charged.add(position.leg.account);
    }
  }
  emit(decision, { type: 'trading-day-ended', sequence: nextSequence(decision), at, day: lastDay });
  for (const account of charged) reviewMargin(decision, account);
}

function chargeSwap(decision: Decision, position: Position, day: number, days: number): void {
  const { shard } = decision;
  const { account, market } = position.leg;
  const quote = market.quote as Quote;
  const { amount, remainder } = swap(market.terms, position.side, position.quantity, quote, days);
  const { rounding, carry } = accrue(shard.roundingCarry, remainder);
  emit(decision, {
    type: 'swap-charged',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    positionId: position.id,
    day,
    days,
    quantity: position.quantity,
    quote,
    amount,
    rounding,
    roundingCarry: carry,
  });
}
