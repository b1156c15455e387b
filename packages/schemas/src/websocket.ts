import { z } from 'zod';
import { AssetSchema, CandleIntervalSchema } from './common.ts';
import { CandleSchema, PriceSchema, PriceWithStartSchema } from './http.ts';
import { AccountStateSchema, AccountUpdateSchema } from './trading.ts';

/** Most channels one connection may hold. */
export const channelsPerConnectionMax = 32;

// Of a schema with several checks a template keeps the pattern of the last one alone: with `IdSchema` any text would do.
const accountById = z.templateLiteral(['account:', z.uuid()]);

/** `prices`, `candles:ASSET:INTERVAL`, `account` (the oldest of the session's user) or `account:ID` (another of his). */
export const ChannelSchema = z.union([
  z.literal('prices'),
  z.templateLiteral(['candles:', AssetSchema, ':', CandleIntervalSchema]),
  z.literal('account'),
  accountById,
]);
export type Channel = z.infer<typeof ChannelSchema>;

/** What a client may say. `id`, when given, comes back in the answer. */
export const ClientFrameSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('subscribe'),
    channels: z.array(z.string().max(100)).min(1).max(channelsPerConnectionMax),
    id: z.string().max(64).optional(),
  }),
  z.strictObject({
    op: z.literal('unsubscribe'),
    channels: z.array(z.string().max(100)).min(1).max(channelsPerConnectionMax),
    id: z.string().max(64).optional(),
  }),
  z.strictObject({ op: z.literal('ping'), id: z.string().max(64).optional() }),
]);
export type ClientFrame = z.infer<typeof ClientFrameSchema>;

export const frameErrorCodes = [
  'invalid-frame',
  'unknown-channel',
  'unknown-instrument',
  'session-required',
  'unknown-account',
  'service-unavailable',
  'too-many-channels',
  'too-many-messages',
] as const;

const PriceFrames = [
  z.strictObject({
    channel: z.literal('prices'),
    type: z.literal('snapshot'),
    sequence: z.int(),
    data: z.array(PriceWithStartSchema),
  }),
  z.strictObject({
    channel: z.literal('prices'),
    type: z.literal('update'),
    sequence: z.int(),
    data: z.array(PriceSchema),
  }),
] as const;

/** A candle channel's snapshot holds the newest candle (none before the first quote); an update is that candle anew. */
const CandleFrames = [
  z.strictObject({
    channel: z.templateLiteral(['candles:', AssetSchema, ':', CandleIntervalSchema]),
    type: z.enum(['snapshot', 'update']),
    sequence: z.int(),
    data: z.array(CandleSchema),
  }),
] as const;

const accountChannel = z.union([z.literal('account'), accountById]);

/** Needs a session. */
const AccountFrames = [
  z.strictObject({ channel: accountChannel, type: z.literal('snapshot'), sequence: z.int(), data: AccountStateSchema }),
  z.strictObject({ channel: accountChannel, type: z.literal('update'), sequence: z.int(), data: AccountUpdateSchema }),
] as const;

/** What the server says. Per channel: a snapshot, then updates whose `sequence` rises by one; a gap means resubscribe. */
export const ServerFrameSchema = z.union([
  ...PriceFrames,
  ...CandleFrames,
  ...AccountFrames,
  z.strictObject({ type: z.literal('pong'), id: z.string().optional(), at: z.int() }),
  z.strictObject({ type: z.literal('unsubscribed'), channels: z.array(z.string()), id: z.string().optional() }),
  z.strictObject({
    type: z.literal('error'),
    code: z.enum(frameErrorCodes),
    message: z.string(),
    channel: z.string().optional(),
    id: z.string().optional(),
  }),
]);
export type ServerFrame = z.infer<typeof ServerFrameSchema>;

/** Why the server closes a connection. 1000–1015 are RFC 6455's, 4xxx ours. */
export const closeCodes = {
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  tryAgainLater: 1013,
  sessionEnded: 4401,
  tooManyMessages: 4429,
} as const;
