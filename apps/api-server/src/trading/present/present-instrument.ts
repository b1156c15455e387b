import type { InstrumentsSchema } from '@repo/schemas';
import { defaultInstruments, defaultTerms, type Instrument, type InstrumentTerms } from '@repo/trading-core';
import type { z } from 'zod';
import { moneyText, percentText, unitsOf } from './units.ts';

type InstrumentOfWire = z.infer<typeof InstrumentsSchema>['items'][number];

const terms: ReadonlyMap<string, InstrumentTerms> = new Map(defaultTerms.map((one) => [one.asset, one]));

/** What can be traded, and on which terms. */
export const presentedInstruments: readonly InstrumentOfWire[] = defaultInstruments.flatMap((instrument) => {
  const own = terms.get(instrument.asset);
  return own === undefined ? [] : [presentInstrument(instrument, own)];
});

export function presentInstrument(instrument: Instrument, own: InstrumentTerms): InstrumentOfWire {
  const { price, quantity } = unitsOf(instrument.asset);
  return {
    ...instrument,
    terms: {
      assetClass: own.assetClass,
      quantityMin: quantity(own.quantityMin),
      quantityMax: quantity(own.quantityMax),
      priceMin: price(own.priceMin),
      priceMax: price(own.priceMax),
      spreadMin: price(own.spreadMin),
      markUpPercent: percentText(own.markUpPpm),
      commissionPercent: percentText(own.commissionPpm),
      commissionMin: moneyText(own.commissionMin),
      swapLongPercent: percentText(own.swapLongPpm),
      swapShortPercent: percentText(own.swapShortPpm),
      swapSchedule: own.swapSchedule,
    },
  };
}
