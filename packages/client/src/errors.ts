import { type Problem, type ProblemCode, ProblemSchema } from '@repo/schemas';

/** The server answered, and the answer is no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** What programs switch on. */
  readonly code: ProblemCode;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }

  /** What a refusal of trading was computed from, by name. */
  get figures(): NonNullable<Problem['figures']> {
    return this.problem.figures ?? {};
  }

  /** Whether the same request may succeed later, as the server says; what it says nothing of may not. */
  get canRetry(): boolean {
    return this.problem.canRetry ?? false;
  }
}

/** No answer: the server could not be reached, or not in time. The request may or may not have been carried out. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly timedOut: boolean;

  constructor(message: string, options: { readonly timedOut: boolean; readonly cause: unknown }) {
    super(message, { cause: options.cause });
    this.timedOut = options.timedOut;
  }
}

/** The error of a response that is not 2xx; one without problem details (say, a proxy's page) gets a code by its status. */
export function apiErrorOf(status: number, body: unknown): ApiError {
  const parsed = ProblemSchema.safeParse(body);
  if (parsed.success) return new ApiError(parsed.data);
  const code =
    status >= 502 && status <= 504 ? 'service-unavailable' : status === 429 ? 'too-many-requests' : undefined;
  return new ApiError({
    type: 'about:blank',
    title: code === undefined ? 'The server gave an answer that was not understood.' : 'The service is not available.',
    status,
    code: code ?? 'internal-error',
  });
}
