import { z } from 'zod';

/** Every refusal a client can meet, with its HTTP status. The codes are stable; the words beside them may improve. */
export const problemStatus = {
  'invalid-request': 422,
  'invalid-json': 400,
  'malformed-request': 400,
  'request-timeout': 408,
  'origin-not-allowed': 403,
  'session-required': 401,
  'credentials-incorrect': 401,
  'code-incorrect': 401,
  'code-exhausted': 429,
  'password-too-short': 422,
  'password-too-long': 422,
  'password-common': 422,
  'password-contains-name': 422,
  'password-contains-address': 422,
  'unknown-instrument': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'media-type-not-supported': 415,
  'headers-too-large': 431,
  'too-many-requests': 429,
  'too-busy': 503,
  'service-unavailable': 503,
  'mail-unavailable': 503,
  'internal-error': 500,
  'duplicate-client-request-id': 422,
  'accounts-limit': 422,
  'deposit-limit': 422,
  'signature-incorrect': 401,
  'scope-missing': 403,
  'api-keys-limit': 422,
  // What the trading core refuses, by its own codes.
  'invalid-command': 422,
  'unknown-account': 404,
  'unknown-profile': 422,
  'duplicate-account': 422,
  'duplicate-client-order-id': 422,
  'order-not-open': 422,
  'position-not-open': 422,
  'instrument-halted': 422,
  'quantity-not-a-step': 422,
  'quantity-below-minimum': 422,
  'quantity-above-maximum': 422,
  'price-not-a-tick': 422,
  'price-not-live': 422,
  'level-on-wrong-side': 422,
  'slippage-exceeded': 422,
  'amount-too-large': 422,
  'exposure-limit': 422,
  'insufficient-margin': 422,
  'insufficient-balance': 422,
} as const;

export type ProblemCode = keyof typeof problemStatus;

/** RFC 9457 problem details; `code` is what programs switch on. */
export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problemStatus) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().optional(),
    requestId: z.string().optional(),
    /** Where the request is wrong, for `invalid-request`. */
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    retryAfterSeconds: z.int().optional(),
    /** Tries left for a code, for `code-incorrect`. */
    attemptsLeft: z.int().optional(),
    /** What the refusal was computed from, by name: decimals in the units of the fields they are named for. */
    figures: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
    /** Whether the same request may succeed later, for refusals of trading. */
    canRetry: z.boolean().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof ProblemSchema>;
