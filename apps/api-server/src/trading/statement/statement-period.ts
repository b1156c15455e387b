import { ProblemError } from '../../http/problem-error.ts';

/** ms since the epoch: `from` is in it, `to` is not. */
export interface StatementPeriod {
  readonly from: number;
  readonly to: number;
}

/**
 * What a client asks a statement of. Without a beginning, from the start of the month that it ends in; without an end,
 * to the end of the current month. By UTC.
 *
 * @throws ProblemError `invalid-request` when it ends before it begins.
 */
export function statementPeriod(
  asked: { readonly from?: number | undefined; readonly to?: number | undefined },
  now: number,
): StatementPeriod {
  const to = asked.to ?? monthStart(now, 1);
  const from = asked.from ?? monthStart(Math.max(0, to - 1), 0);
  if (from < to) return { from, to };
  throw new ProblemError('invalid-request', { errors: [{ path: '/to', message: 'must be after the beginning' }] });
}

function monthStart(at: number, monthsLater: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater);
}
