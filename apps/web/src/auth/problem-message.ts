import { ApiError, NetworkError } from '@repo/client';
import {
  type PasswordWeakness,
  type Problem,
  type ProblemCode,
  passwordLengthMax,
  passwordLengthMin,
} from '@repo/schemas';

type Sentence = string | ((problem: Problem) => string);

const BUSY = 'The service is busy. Try again in a moment.';
const BROKEN = 'Something went wrong on our side. Try again.';

const WEAKNESSES: Record<PasswordWeakness, string> = {
  'password-too-short': `Use at least ${passwordLengthMin} characters.`,
  'password-too-long': `Use at most ${passwordLengthMax} characters.`,
  'password-common': 'This password is among the first that others would guess. Choose another.',
  'password-contains-name': 'Leave the name of this product out of the password.',
  'password-contains-address': 'Leave your e-mail address out of the password.',
};

const SENTENCES: Partial<Record<ProblemCode, Sentence>> = {
  'credentials-incorrect': 'Address or password is not right.',
  'code-incorrect': ({ attemptsLeft }) =>
    attemptsLeft === undefined ? 'Wrong or expired code.' : `Wrong or expired code. ${tries(attemptsLeft)} left.`,
  'code-exhausted': (problem) => `Too many wrong codes for this address. ${wait(problem)}`,
  ...WEAKNESSES,
  'session-required': 'Your session has ended. Sign in again.',
  'origin-not-allowed': 'This page was opened at an address that the service does not know. Use its usual address.',
  'too-many-requests': (problem) => `Too many tries. ${wait(problem)}`,
  'too-busy': BUSY,
  'service-unavailable': BUSY,
  'mail-unavailable': 'No mail can be sent at the moment. Try again in a few minutes.',
};

/** What happened, in a sentence for the person in front of the screen. */
export function problemMessage(error: unknown): string {
  if (error instanceof NetworkError) {
    return error.timedOut
      ? 'The server did not answer in time. Try again.'
      : 'The server cannot be reached. Check your connection and try again.';
  }
  if (!(error instanceof ApiError)) return BROKEN;
  const sentence = SENTENCES[error.code] ?? BROKEN;
  return typeof sentence === 'string' ? sentence : sentence(error.problem);
}

export function weaknessMessage(weakness: PasswordWeakness): string {
  return WEAKNESSES[weakness];
}

/** Whether the refusal is about the password of a sign-up. */
export function isWeakness(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code in WEAKNESSES;
}

function tries(count: number): string {
  return count === 1 ? '1 try' : `${count} tries`;
}

function wait({ retryAfterSeconds }: Problem): string {
  if (retryAfterSeconds === undefined) return 'Wait a while, then try again.';
  if (retryAfterSeconds < 90) return `Try again in ${retryAfterSeconds} s.`;
  return `Try again in ${Math.ceil(retryAfterSeconds / 60)} min.`;
}
