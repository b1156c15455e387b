import type { FillFacts } from '@repo/db';
import type { FillExplanationSchema } from '@repo/schemas';
import { explain, type FillExplanation, formatDecimal, micros, type StopOutExplanation } from '@repo/trading-core';
import type { z } from 'zod';
import { explanationSentences } from './explanation-sentences.ts';
import { presentFill } from './present-fill.ts';
import { moneyText, percentText, unitsOf } from './units.ts';

export type FillExplanationOfWire = z.infer<typeof FillExplanationSchema>;
type StopOutOfWire = NonNullable<FillExplanationOfWire['stopOut']>;

/** Why a fill happened, by the terms and the events that the books have of that moment. */
export function presentExplanation(facts: FillFacts): FillExplanationOfWire {
  const { event, terms, stopOut } = facts;
  const explanation = explain(event, terms) as FillExplanation;
  const { asset, condition, realizedPnl, commission } = explanation;
  const { price, quantity } = unitsOf(asset);
  const stopOutFacts = stopOut && (explain(stopOut, terms) as StopOutExplanation);
  return {
    fill: presentFill(facts.fill, facts),
    filledAt: explanation.filledAt,
    ...(condition !== null && {
      condition: { price: price(condition.price), comparison: condition.comparison, level: price(condition.level) },
    }),
    ...(realizedPnl !== null && {
      realizedPnl: {
        price: price(realizedPnl.price),
        quantity: quantity(realizedPnl.quantity),
        cost: moneyText(micros(realizedPnl.cost * realizedPnl.tickValue)),
        result: moneyText(realizedPnl.result),
      },
    }),
    commission: {
      notional: moneyText(commission.notional),
      ratePercent: percentText(commission.ratePpm),
      minimum: moneyText(commission.minimum),
      result: moneyText(commission.result),
    },
    ...(stopOut && stopOutFacts && { stopOut: presentStopOut(stopOutFacts, stopOut.at) }),
    sentences: [...explanationSentences(explanation, stopOutFacts)],
  };
}

function presentStopOut(stopOut: StopOutExplanation, at: number): StopOutOfWire {
  const { balance, equity, usedMargin, marginLevel, stopOutPercent, threshold, legs } = stopOut;
  return {
    at,
    balance: moneyText(balance),
    equity: moneyText(equity),
    usedMargin: moneyText(usedMargin),
    marginLevel: marginLevel === null ? null : formatDecimal(marginLevel, 2),
    stopOutPercent,
    threshold: moneyText(threshold),
    legs: legs.map(presentLeg),
  };
}

function presentLeg(leg: StopOutExplanation['legs'][number]): StopOutOfWire['legs'][number] {
  const { price, quantity, averagePrice } = unitsOf(leg.asset);
  return {
    asset: leg.asset,
    bid: price(leg.bid),
    ask: price(leg.ask),
    status: leg.status,
    longQuantity: quantity(leg.longQuantity),
    longOpenPrice: averagePrice(leg.longCost, leg.longQuantity),
    shortQuantity: quantity(leg.shortQuantity),
    shortOpenPrice: averagePrice(leg.shortCost, leg.shortQuantity),
    unrealizedPnl: moneyText(leg.unrealizedPnl),
  };
}
