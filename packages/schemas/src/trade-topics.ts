import type { Event } from '@repo/trading-core';
import { z } from 'zod';
import { AssetSchema, DecimalSchema, IdSchema as Id, TimeMsSchema, storableText as text } from './common.ts';

// The messages of trading. Prices, quantities and money are decimal strings in units of the instrument's quote, base and
// the account's currency; the engine reads them as ticks, steps and micros.

const envelope = { id: Id, at: TimeMsSchema };

/** The share of the accounts that an account is in: its partition of the trade topics. Fixed for ever. */
export const tradeShards = 12;

/** An order's or a position's id in a shard. */
const ItemIdSchema = z.int().positive();
const level = DecimalSchema.nullable().optional();

export const AccountModeSchema = z.enum(['hedging', 'netting']).meta({ id: 'AccountMode' });
export const SideSchema = z.enum(['buy', 'sell']).meta({ id: 'Side' });
export const OrderTypeSchema = z.enum(['market', 'limit', 'stop', 'stop-limit']).meta({ id: 'OrderType' });
export const TimeInForceSchema = z.enum(['gtc', 'gtd', 'ioc']).meta({ id: 'TimeInForce' });
/** The client's own name for an order, unique in the account for ever. */
export const ClientOrderIdSchema = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ : -')
  .meta({ id: 'ClientOrderId' });

/** What each type of command says. */
export const tradeCommandData = {
  'open-account': z.strictObject({
    userId: Id,
    mode: AccountModeSchema,
    profile: text(64).min(1),
    /** Comes in with the opening: both are done, or neither. */
    deposit: DecimalSchema.optional(),
  }),
  'place-order': z.strictObject({
    clientOrderId: ClientOrderIdSchema,
    asset: AssetSchema,
    side: SideSchema,
    orderType: OrderTypeSchema,
    quantity: DecimalSchema,
    limitPrice: DecimalSchema.optional(),
    stopPrice: DecimalSchema.optional(),
    stopLoss: DecimalSchema.optional(),
    takeProfit: DecimalSchema.optional(),
    trailingDistance: DecimalSchema.optional(),
    timeInForce: TimeInForceSchema.optional(),
    expiresAt: TimeMsSchema.optional(),
    /** Market orders: the price that the client saw, and how far the fill may be from it, either way. */
    seenPrice: DecimalSchema.optional(),
    slippageMax: DecimalSchema.optional(),
  }),
  'modify-order': z.strictObject({
    orderId: ItemIdSchema,
    quantity: DecimalSchema.optional(),
    limitPrice: DecimalSchema.optional(),
    stopPrice: DecimalSchema.optional(),
    stopLoss: level,
    takeProfit: level,
    trailingDistance: level,
    expiresAt: TimeMsSchema.nullable().optional(),
  }),
  'cancel-order': z.strictObject({ orderId: ItemIdSchema }),
  'cancel-all-orders': z.strictObject({ asset: AssetSchema.optional() }),
  'modify-position': z.strictObject({
    positionId: ItemIdSchema,
    stopLoss: level,
    takeProfit: level,
    trailingDistance: level,
  }),
  'close-position': z.strictObject({
    positionId: ItemIdSchema,
    quantity: DecimalSchema.optional(),
    seenPrice: DecimalSchema.optional(),
    slippageMax: DecimalSchema.optional(),
  }),
  'close-all-positions': z.strictObject({ asset: AssetSchema.optional() }),
  deposit: z.strictObject({ amount: DecimalSchema }),
  withdraw: z.strictObject({ amount: DecimalSchema }),
  'adjust-balance': z.strictObject({ amount: DecimalSchema, reason: text(200).min(1) }),
} as const;

export type TradeCommandType = keyof typeof tradeCommandData;

const command = <T extends TradeCommandType>(type: T) =>
  z.strictObject({
    ...envelope,
    /** The same for every try of the same command: it is carried out once. */
    commandId: Id,
    accountId: Id,
    /** The instance that asked: key of the answer. */
    replyTo: z.string().min(1).max(100),
    /** ms since the epoch: dropped unanswered after this. */
    expiresAt: TimeMsSchema,
    type: z.literal(type),
    data: tradeCommandData[type],
  });

/** What api-servers ask of the engine. Key: the account's id. */
export const TradeCommandSchema = z.discriminatedUnion('type', [
  command('open-account'),
  command('place-order'),
  command('modify-order'),
  command('cancel-order'),
  command('cancel-all-orders'),
  command('modify-position'),
  command('close-position'),
  command('close-all-positions'),
  command('deposit'),
  command('withdraw'),
  command('adjust-balance'),
]);
export type TradeCommand = z.infer<typeof TradeCommandSchema>;

/** An event of the core, whole, as it is in the book of record: integers in ticks, steps and micros. */
const EventSchema = z.custom<Event>(
  (value) => typeof value === 'object' && value !== null && 'type' in value && 'sequence' in value,
  'must be an event of the trading core',
);

/** Something that has happened, and is committed. Key: the account's id, or the shard where it concerns all. */
export const TradeEventSchema = z.strictObject({
  ...envelope,
  shard: z
    .int()
    .min(0)
    .max(tradeShards - 1),
  /** Without gaps in a shard; an event that comes again has the same one. */
  sequence: z.int().positive(),
  accountId: Id.nullable(),
  /** The command that caused it; null for what a quote or the time set off. */
  commandId: Id.nullable(),
  type: z.string(),
  data: EventSchema,
});
export type TradeEvent = z.infer<typeof TradeEventSchema>;

/** What became of a command, told after the commit. Key: `replyTo` of the command. */
export const TradeAnswerSchema = z.strictObject({
  ...envelope,
  commandId: Id,
  shard: z
    .int()
    .min(0)
    .max(tradeShards - 1),
  outcome: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('accepted'), events: z.array(EventSchema) }),
    /** The order was placed before, with the same words. */
    z.strictObject({ type: z.literal('repeated'), orderId: ItemIdSchema }),
    z.strictObject({
      type: z.literal('refused'),
      code: z.string(),
      figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
    }),
  ]),
});
export type TradeAnswer = z.infer<typeof TradeAnswerSchema>;
