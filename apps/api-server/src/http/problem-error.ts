import { type Problem, type ProblemCode, problemStatus } from '@repo/schemas';

export type ProblemDetails = Partial<
  Pick<Problem, 'detail' | 'errors' | 'retryAfterSeconds' | 'attemptsLeft' | 'figures' | 'canRetry'>
>;

/** A refusal on its way to the client: thrown by a route or hook, answered by the error handler. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return problemStatus[this.code];
  }
}
