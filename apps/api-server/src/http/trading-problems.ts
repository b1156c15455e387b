import type { ProblemCode } from '@repo/schemas';

/** What whoever reads what is his own may meet. */
export const readProblems = [
  'session-required',
  'scope-missing',
  'signature-incorrect',
  'invalid-request',
  'too-many-requests',
  'service-unavailable',
  'too-busy',
] as const satisfies readonly ProblemCode[];

/** What whoever has something done may meet, whatever it is. */
export const commandProblems = [
  ...readProblems,
  'origin-not-allowed',
  'invalid-command',
  'unknown-account',
  'amount-too-large',
] as const satisfies readonly ProblemCode[];

/** What is wrong with quantities and prices. */
export const priceProblems = [
  'instrument-halted',
  'quantity-not-a-step',
  'quantity-below-minimum',
  'quantity-above-maximum',
  'price-not-a-tick',
  'price-not-live',
  'level-on-wrong-side',
] as const satisfies readonly ProblemCode[];
