import type { ListInstrument } from '../command.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { InstrumentTerms } from './instrument-terms.ts';

/**
 * Offers an instrument, or changes the terms of one: margins, costs and limits of what is open stay as they were until
 * the next fill. What its prices mean (class, tick value, price limits) never changes.
 */
export function listInstrument(decision: Decision, { terms }: ListInstrument): Refused | undefined {
  const listed = decision.shard.markets.get(terms.asset)?.terms;
  const reason = faultIn(terms) ?? (listed === undefined ? undefined : changeIn(listed, terms));
  if (reason !== undefined) return refuse('invalid-command', { reason, asset: terms.asset });
  emit(decision, { type: 'instrument-listed', sequence: nextSequence(decision), at: decision.at, terms });
  return undefined;
}

function faultIn(terms: InstrumentTerms): string | undefined {
  const { tickValue, quantityMin, quantityMax, priceMin, priceMax, spreadMin, netQuantityMax } = terms;
  const { markUpPpm, commissionPpm, commissionMin, swapLongPpm, swapShortPpm } = terms;
  const rates = [markUpPpm, commissionPpm, commissionMin, swapLongPpm, swapShortPpm];
  const sizes = [tickValue, quantityMin, quantityMax, priceMin, priceMax, spreadMin, netQuantityMax];
  if (terms.asset === '') return 'asset is empty';
  if (![...rates, ...sizes].every((figure) => Number.isSafeInteger(figure))) return 'a figure is not a whole number';
  if (tickValue < 1) return 'tickValue is below 1';
  if (quantityMin < 1 || quantityMax < quantityMin) return 'quantityMin and quantityMax are no range';
  if (priceMax < 1 || priceMax < priceMin) return 'priceMin and priceMax are no range';
  if (spreadMin < 0 || netQuantityMax < 0) return 'a limit is below zero';
  if (![markUpPpm, commissionPpm].every((rate) => rate >= 0 && rate <= 1_000_000))
    return 'a rate is outside 0 to 100 %';
  if (![swapLongPpm, swapShortPpm].every((rate) => Math.abs(rate) <= 1_000_000)) return 'a swap rate is outside ±100 %';
  return commissionMin < 0 ? 'commissionMin is below zero' : undefined;
}

function changeIn(listed: InstrumentTerms, terms: InstrumentTerms): string | undefined {
  for (const name of ['assetClass', 'tickValue', 'priceMin', 'priceMax'] as const) {
    if (listed[name] !== terms[name]) return `${name} of a listed instrument cannot change`;
  }
  return undefined;
}
