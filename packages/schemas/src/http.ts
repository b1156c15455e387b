import { z } from 'zod';
import {
  AssetSchema,
  CandleIntervalSchema,
  DecimalSchema,
  FeedStatusSchema,
  PriceSourceSchema,
  TimeMsSchema,
  timeMsMax,
} from './common.ts';
import { EmailSchema, OtpSchema, PasswordSchema } from './credentials.ts';

// Unknown keys are refused everywhere (strictObject): a field that the server ignores is a field somebody relies on.

export const SignupSchema = z.strictObject({ email: EmailSchema, password: PasswordSchema }).meta({ id: 'Signup' });
export const ResendOtpSchema = z.strictObject({ email: EmailSchema }).meta({ id: 'ResendOtp' });
export const VerifyOtpSchema = z.strictObject({ email: EmailSchema, otp: OtpSchema }).meta({ id: 'VerifyOtp' });
export const SigninSchema = z.strictObject({ email: EmailSchema, password: PasswordSchema }).meta({ id: 'Signin' });
/** `refresh` and `logout` take no fields; the body is `{}` so that the JSON content type is demanded of them too. */
export const EmptyBodySchema = z.strictObject({}).meta({ id: 'EmptyBody' });

/** The one answer to sign-up and resend, known address or not. */
export const CodeSentSchema = z
  .strictObject({
    status: z.literal('code-sent'),
    /** Seconds until the code dies. */
    expiresInSeconds: z.int().positive(),
    /** Seconds until another may be asked for. */
    resendAfterSeconds: z.int().positive(),
  })
  .meta({ id: 'CodeSent' });

export const UserSchema = z
  .strictObject({ id: z.string(), email: z.string(), createdAt: TimeMsSchema })
  .meta({ id: 'User' });
export type User = z.infer<typeof UserSchema>;

/** A started or renewed session: who, and when its access token ends. Tokens themselves travel in cookies only. */
export const SessionStartedSchema = z
  .strictObject({ user: UserSchema, accessExpiresAt: TimeMsSchema })
  .meta({ id: 'SessionStarted' });
export type SessionStarted = z.infer<typeof SessionStartedSchema>;

export const MeSchema = z.strictObject({ user: UserSchema }).meta({ id: 'Me' });

/** One asset's latest quote as clients see it. `price` is the mid. */
export const PriceSchema = z
  .strictObject({
    asset: AssetSchema,
    price: z.number().positive(),
    timestamp: TimeMsSchema,
    bid: DecimalSchema,
    ask: DecimalSchema,
    status: FeedStatusSchema,
    source: PriceSourceSchema,
    sequence: z.int().nonnegative(),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof PriceSchema>;

/** A price with where it started: `startPrice` is the first mid since the api-server started. */
export const PriceWithStartSchema = PriceSchema.extend({ startPrice: z.number().positive() }).meta({
  id: 'PriceWithStart',
});
export type PriceWithStart = z.infer<typeof PriceWithStartSchema>;

export const PricesSchema = z.strictObject({ prices: z.array(PriceWithStartSchema) }).meta({ id: 'Prices' });

export const InstrumentSchema = z
  .strictObject({
    asset: AssetSchema,
    name: z.string(),
    base: z.string(),
    quote: z.string(),
    tickSize: DecimalSchema,
    priceDecimals: z.int().nonnegative(),
    quantityStep: DecimalSchema,
    staleAfterMs: z.int().positive(),
    downAfterMs: z.int().positive(),
    /** On what it is traded. Prices, quantities and money as decimals, rates in percent. */
    terms: z.strictObject({
      assetClass: z.enum(['crypto', 'share', 'commodity', 'gold', 'forex-minor', 'forex-major']),
      quantityMin: DecimalSchema,
      quantityMax: DecimalSchema,
      priceMin: DecimalSchema,
      priceMax: DecimalSchema,
      spreadMin: DecimalSchema,
      /** In each side of the prices that are shown. */
      markUpPercent: DecimalSchema,
      /** Of the notional, at open and at close. */
      commissionPercent: DecimalSchema,
      commissionMin: DecimalSchema,
      /** What holding costs a year, of the notional at the mid; below zero the client is paid. */
      swapLongPercent: DecimalSchema,
      swapShortPercent: DecimalSchema,
      swapSchedule: z.enum(['daily', 'triple-wednesday']),
    }),
  })
  .meta({ id: 'Instrument' });
export const InstrumentsSchema = z.strictObject({ items: z.array(InstrumentSchema) }).meta({ id: 'Instruments' });

export const CandleSchema = z
  .strictObject({
    openTime: TimeMsSchema,
    open: z.number().positive(),
    high: z.number().positive(),
    low: z.number().positive(),
    close: z.number().positive(),
    ticks: z.int().nonnegative(),
    spread: z.number().nonnegative(),
  })
  .meta({ id: 'Candle' });

export const QueryIntSchema = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'must be a whole number')
  .transform(Number);

export const QueryTimeSchema = QueryIntSchema.pipe(z.int().max(timeMsMax));

// No id: a query is documented parameter by parameter, not as a component.
export const CandlesQuerySchema = z.strictObject({
  asset: AssetSchema,
  interval: CandleIntervalSchema,
  /** ms since the epoch, inclusive. */
  from: QueryTimeSchema.optional(),
  /** ms since the epoch, exclusive. */
  to: QueryTimeSchema.optional(),
  limit: QueryIntSchema.pipe(z.int().min(1).max(1000)).optional(),
});

/** The newest `limit` (default 500) candles of the range, oldest first; an absent candle is a hole in the feed. */
export const CandlesSchema = z
  .strictObject({ asset: AssetSchema, interval: CandleIntervalSchema, items: z.array(CandleSchema) })
  .meta({ id: 'Candles' });

/** A kept mail of the standalone profile. */
export const MailSchema = z
  .strictObject({ to: z.string(), subject: z.string(), text: z.string(), at: TimeMsSchema })
  .meta({ id: 'Mail' });
export type Mail = z.infer<typeof MailSchema>;
export const MailboxSchema = z.array(MailSchema).meta({ id: 'Mailbox' });
