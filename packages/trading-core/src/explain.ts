import type { AccountStoppedOut, Event, Fill, FillRule } from './event.ts';
import type { InstrumentTerms } from './instruments/instrument-terms.ts';
import type { LegFigures } from './margin/leg-figures.ts';
import { equityAtLevel, marginLevel } from './margin/margin-level.ts';
import { type Micros, micros, type Steps, type TickSteps, type Ticks, tickSteps } from './numbers/units.ts';
import type { Side } from './orders/order-terms.ts';
import type { Quote } from './quotes/quote.ts';

/** Why something happened, as data: a screen can put it in a trader's words, and a program can compute it again. */
export type Explanation = FillExplanation | StopOutExplanation;

export interface FillExplanation {
  readonly type: 'fill';
  readonly accountId: string;
  readonly asset: string;
  readonly rule: FillRule;
  readonly side: Side;
  readonly quantity: Steps;
  /** The quote, and the side of it that was paid or received. */
  readonly quote: Quote;
  readonly filledAt: 'bid' | 'ask';
  readonly price: Ticks;
  /** What came true; `null` for market orders, closes and stop-outs. */
  readonly condition: FillCondition | null;
  /** (price × quantity − cost) × tick value, turned for a short; `null` where a position was opened. */
  readonly realizedPnl: RealizedPnlFigures | null;
  readonly commission: CommissionFigures;
}

export interface FillCondition {
  readonly price: Ticks;
  readonly comparison: 'at-or-below' | 'at-or-above';
  readonly level: Ticks;
}

export interface RealizedPnlFigures {
  readonly price: Ticks;
  readonly quantity: Steps;
  /** What the closed quantity had cost: open price × quantity. */
  readonly cost: TickSteps;
  readonly tickValue: Micros;
  readonly result: Micros;
}

/** Notional × rate, half-even, at least the minimum. */
export interface CommissionFigures {
  readonly notional: Micros;
  readonly ratePpm: number;
  readonly minimum: Micros;
  readonly result: Micros;
}

/** Equity = balance + Σ unrealized profit and loss of the legs; it was at or below used margin × percent / 100. */
export interface StopOutExplanation {
  readonly type: 'stop-out';
  readonly accountId: string;
  readonly balance: Micros;
  readonly legs: readonly LegFigures[];
  readonly equity: Micros;
  readonly usedMargin: Micros;
  /** Hundredths of a percent. */
  readonly marginLevel: number | null;
  readonly stopOutPercent: number;
  /** The equity at the stop-out level. */
  readonly threshold: Micros;
}

/**
 * The facts that caused a fill or a stop-out; `undefined` for other events.
 *
 * @param terms those of the fill's instrument at the time.
 */
export function explain(event: Event, terms: InstrumentTerms): Explanation | undefined {
  if (event.type === 'account-stopped-out') return explainStopOut(event);
  if (event.type === 'position-opened' || event.type === 'position-increased') {
    return explainFill(event.accountId, event.fill, terms, null);
  }
  if (event.type === 'position-reduced' || event.type === 'position-closed') {
    return explainFill(event.accountId, event.fill, terms, realizedPnlFigures(event.fill, terms));
  }
  return undefined;
}

function explainFill(
  accountId: string,
  fill: Fill,
  terms: InstrumentTerms,
  realizedPnl: RealizedPnlFigures | null,
): FillExplanation {
  const { asset, rule, side, quantity, quote, price } = fill;
  return {
    type: 'fill',
    accountId,
    asset,
    rule,
    side,
    quantity,
    quote,
    filledAt: side === 'buy' ? 'ask' : 'bid',
    price,
    condition: conditionOf(fill),
    realizedPnl,
    commission: {
      notional: micros(Math.abs(price) * quantity * terms.tickValue),
      ratePpm: terms.commissionPpm,
      minimum: terms.commissionMin,
      result: fill.commission,
    },
  };
}

/** Stops are reached by a price that gets worse for who waits, limits and targets by one that gets better. */
function conditionOf({ rule, side, price, level }: Fill): FillCondition | null {
  if (level === null) return null;
  const isStop = rule === 'stop' || rule === 'stop-loss' || rule === 'trailing-stop';
  return { price, comparison: isStop === (side === 'buy') ? 'at-or-above' : 'at-or-below', level };
}

function realizedPnlFigures(
  { side, price, quantity, realizedPnl }: Fill,
  { tickValue }: InstrumentTerms,
): RealizedPnlFigures {
  const gained = realizedPnl / tickValue;
  const cost = tickSteps(price * quantity - (side === 'sell' ? gained : 0 - gained));
  return { price, quantity, cost, tickValue, result: realizedPnl };
}

function explainStopOut(event: AccountStoppedOut): StopOutExplanation {
  const { accountId, balance, legs, equity, usedMargin, stopOutPercent } = event;
  return {
    type: 'stop-out',
    accountId,
    balance,
    legs,
    equity,
    usedMargin,
    marginLevel: marginLevel(equity, usedMargin),
    stopOutPercent,
    threshold: equityAtLevel(usedMargin, stopOutPercent),
  };
}
