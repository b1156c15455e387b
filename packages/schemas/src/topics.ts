import { z } from 'zod';
import { ApiKeySchema, CreateApiKeySchema } from './api-keys.ts';
import { IdSchema as Id, TimeMsSchema, storableText as text } from './common.ts';
import { PriceSchema } from './http.ts';
import { TradeAnswerSchema, TradeCommandSchema, TradeEventSchema, tradeShards } from './trade-topics.ts';

// One spelling of each id, and texts that stay as they are: what is stored is hashed, and compared with what comes again.
const envelope = { id: Id, at: TimeMsSchema };

/** A quote that passed the poller's filters, or a change of an asset's status. Key: asset. */
export const PriceUpdateSchema = PriceSchema.extend(envelope)
  .refine(({ bid }) => Number(bid) > 0, { path: ['bid'], error: 'must be above zero' })
  .refine(({ bid, ask }) => Number(bid) <= Number(ask), { path: ['bid'], error: 'must not be above the ask' });
export type PriceUpdate = z.infer<typeof PriceUpdateSchema>;

/** A JWE (compact form) that only the db-processor can open. */
export const SealedSchema = z
  .string()
  .max(4096)
  .regex(/^[\w-]+(?:\.[\w-]*){4}$/, 'must be a compact JWE')
  .brand('Sealed');
export type Sealed = z.infer<typeof SealedSchema>;

const Email = z.string().max(254);
const SessionSeed = z.strictObject({
  sessionId: Id,
  device: text(200),
  addressBlock: text(64),
});
export type SessionSeed = z.infer<typeof SessionSeed>;

const request = {
  ...envelope,
  requestId: Id,
  /** The instance that asked: key of the response. */
  replyTo: z.string().min(1).max(100),
  /** ms since the epoch: dropped unanswered after this. */
  expiresAt: TimeMsSchema,
};

/** What api-servers ask of the user store. Key: the e-mail address, lower-cased, the session id, or the user id. */
export const UserRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...request, type: z.literal('check'), data: z.strictObject({ email: Email }) }),
  z.strictObject({
    ...request,
    type: z.literal('create'),
    data: z.strictObject({ email: Email, password: SealedSchema, session: SessionSeed }),
  }),
  z.strictObject({
    ...request,
    type: z.literal('auth'),
    data: z.strictObject({ email: Email, password: SealedSchema, session: SessionSeed }),
  }),
  z.strictObject({
    ...request,
    type: z.literal('rotate-session'),
    data: z.strictObject({ sessionId: Id, generation: z.int().nonnegative() }),
  }),
  z.strictObject({ ...request, type: z.literal('end-session'), data: z.strictObject({ sessionId: Id }) }),
  z.strictObject({
    ...request,
    type: z.literal('create-api-key'),
    data: CreateApiKeySchema.extend({ userId: Id, addressBlock: text(64) }),
  }),
  z.strictObject({
    ...request,
    type: z.literal('revoke-api-key'),
    data: z.strictObject({ userId: Id, keyId: Id, addressBlock: text(64) }),
  }),
]);
export type UserRequest = z.infer<typeof UserRequestSchema>;
export type UserRequestType = UserRequest['type'];

const UserDataSchema = z.strictObject({ userId: z.string(), email: z.string(), createdAt: TimeMsSchema });
export type UserData = z.infer<typeof UserDataSchema>;

/** A session as the store answers it; times are ms since the epoch by the database's clock. */
export const SessionDataSchema = z.strictObject({
  sessionId: Id,
  user: UserDataSchema,
  /** Counts refresh tokens; a token of another generation is an old one. */
  generation: z.int().nonnegative(),
  idleExpiresAt: TimeMsSchema,
  absoluteExpiresAt: TimeMsSchema,
});
export type SessionData = z.infer<typeof SessionDataSchema>;

/** What each request type answers in `data` when `success` is true. */
export const userResponseData = {
  check: z.strictObject({ exists: z.boolean() }),
  create: SessionDataSchema,
  auth: SessionDataSchema,
  /** `rotated`: a new generation; `repeated`: the last rotation again, within its grace; `reused`: revoked just now; `ended`: it was over. */
  'rotate-session': z.discriminatedUnion('outcome', [
    z.strictObject({ outcome: z.enum(['rotated', 'repeated']), session: SessionDataSchema }),
    z.strictObject({ outcome: z.literal('reused'), userId: z.string(), email: z.string() }),
    z.strictObject({ outcome: z.literal('ended') }),
  ]),
  'end-session': z.strictObject({ ended: z.boolean() }),
  'create-api-key': ApiKeySchema,
  /** False: the user has no such key, or has it no longer. */
  'revoke-api-key': z.strictObject({ revoked: z.boolean() }),
} as const;
export type UserResponseData = { [T in UserRequestType]: z.infer<(typeof userResponseData)[T]> };

/** The answer is no; `busy`: the hashing gate is full, ask again later. */
export const UserErrorSchema = z.enum(['already-exists', 'credentials-incorrect', 'api-keys-limit', 'busy']);
export type UserError = z.infer<typeof UserErrorSchema>;

/** Key: `replyTo` of the request. */
export const UserResponseSchema = z.discriminatedUnion('success', [
  z.strictObject({
    ...envelope,
    requestId: Id,
    success: z.literal(true),
    data: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    ...envelope,
    requestId: Id,
    success: z.literal(false),
    data: z.strictObject({ retryAfterSeconds: z.int().positive().optional() }),
    error: UserErrorSchema,
  }),
]);
export type UserResponse = z.infer<typeof UserResponseSchema>;

/** Something security-relevant that an api-server saw; kept in the audit table. Key: subject. */
export const AuditEventSchema = z.strictObject({
  ...envelope,
  kind: z.enum([
    'signup-requested',
    'code-incorrect',
    'code-exhausted',
    'user-created',
    'signin-succeeded',
    'signin-failed',
    'signin-throttled',
    'session-refreshed',
    'refresh-reused',
    'session-ended',
    'api-key-created',
    'api-key-revoked',
    'api-key-refused',
    'origin-refused',
    'limit-reached',
  ]),
  /** Whom it concerns: an address, a user id, or an address block. */
  subject: text(254),
  addressBlock: text(64).optional(),
  requestId: text(100).optional(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type AuditEvent = z.infer<typeof AuditEventSchema>;

/** Every topic, its partition count (fixed when it is created) and its message. */
export const topics = {
  'user-requests': { partitions: 6, schema: UserRequestSchema },
  'user-responses': { partitions: 6, schema: UserResponseSchema },
  'price-updates': { partitions: 6, schema: PriceUpdateSchema },
  'audit-events': { partitions: 6, schema: AuditEventSchema },
  'trade-commands': { partitions: tradeShards, schema: TradeCommandSchema },
  'trade-events': { partitions: tradeShards, schema: TradeEventSchema },
  'trade-answers': { partitions: 6, schema: TradeAnswerSchema },
} as const;

export type TopicName = keyof typeof topics;
export type TopicMessage<T extends TopicName> = z.infer<(typeof topics)[T]['schema']>;
