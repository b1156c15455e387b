import { type CandleInterval, candleIntervalMs, isDecimal } from '@repo/trading-core';
import { z } from 'zod';

/** A decimal string: `-?digits[.digits]`, no exponent, no spaces, no leading zeros, no `-0`. */
export const DecimalSchema = z
  .string()
  .max(40)
  .refine(isDecimal, 'must be a decimal number such as "195.82"')
  .meta({ id: 'Decimal', example: '195.82' });

/** The last time with a four-digit year, beyond which PostgreSQL reads dates in another notation. */
export const timeMsMax: number = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since the epoch, UTC. */
export const TimeMsSchema = z.int().nonnegative().max(timeMsMax).meta({ id: 'TimeMs', example: 1760297791517 });

/** Whether every store keeps a text as it is: PostgreSQL refuses NUL, and UTF-8 replaces half a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** One spelling of each id: what is stored is compared with what comes again. */
export const IdSchema = z.uuid().lowercase('must be in lower case');

/** A text that every store keeps as it is. */
export const storableText = (lengthMax: number) =>
  z.string().max(lengthMax).refine(isStorable, 'must not contain NUL or broken characters');

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
