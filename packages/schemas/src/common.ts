import { type CandleInterval, candleIntervalMs, isDecimal } from '@repo/trading-core';
import { z } from 'zod';

/** A decimal string: `-?digits[.digits]`, no exponent, no spaces, no leading zeros, no `-0`. */
export const DecimalSchema = z
  .string()
  .max(40)
  .refine(isDecimal, 'must be a decimal number such as "195.82"')
  .meta({ id: 'Decimal', example: '195.82' });

/** Milliseconds since the epoch, UTC; no more than a `Date` can hold. */
export const TimeMsSchema = z.int().nonnegative().max(8.64e15).meta({ id: 'TimeMs', example: 1760297791517 });

/** The symbol of an instrument. */
export const AssetSchema = z
  .string()
  .regex(/^[A-Z0-9]{1,20}(?:_[A-Z0-9]{1,20}){1,2}$/, 'must be a symbol such as SOL_USDC')
  .meta({ id: 'Asset', example: 'SOL_USDC' });

export const FeedStatusSchema = z.enum(['live', 'stale', 'down']).meta({ id: 'FeedStatus' });
export type FeedStatus = z.infer<typeof FeedStatusSchema>;

/** Where a quote comes from. `simulated` and `replay` are not live markets and are marked on every screen. */
export const PriceSourceSchema = z.enum(['backpack', 'binance', 'simulated', 'replay']).meta({ id: 'PriceSource' });
export type PriceSource = z.infer<typeof PriceSourceSchema>;

export const CandleIntervalSchema = z
  .enum(Object.keys(candleIntervalMs) as [CandleInterval, ...CandleInterval[]])
  .meta({ id: 'CandleInterval' });
