import { isDatabaseUnavailable } from '@repo/db';
import { KafkaUnavailableError } from '@repo/kafka';
import { CacheUnavailableError } from '@repo/redis';
import type { ProblemCode } from '@repo/schemas';
import { GateFullError } from '@repo/service';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { RefusedError } from '../trading/refused-error.ts';
import { TradingBusyError, TradingUnavailableError } from '../trading/trade-commands.ts';
import { UserStoreBusyError, UserStoreUnavailableError } from '../user-store/user-requests.ts';
import { ProblemError } from './problem-error.ts';
import { InvalidJsonError } from './strict-json.ts';

const RETRY_SECONDS = 2;
const OUTCOME_UNKNOWN =
  'It is not known whether the request was carried out. To ask again with the same clientOrderId or clientRequestId is safe: it is done once at most.';

/** Fastify's own refusals of a request, by their code. */
const frameworkProblems: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: 'not-found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-not-supported',
  FST_ERR_CTP_EMPTY_TYPE: 'media-type-not-supported',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
};

/** What to tell a client about anything that was thrown. What nobody foresaw is `internal-error`. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidJsonError) return new ProblemError('invalid-json', { detail: error.message });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      path: instancePath,
      message: message ?? 'is wrong',
    }));
    return new ProblemError('invalid-request', { errors });
  }
  if (error instanceof GateFullError) return new ProblemError('too-busy', { retryAfterSeconds: 1 });
  if (error instanceof UserStoreBusyError) {
    return new ProblemError('too-busy', { retryAfterSeconds: error.retryAfterSeconds });
  }
  if (error instanceof RefusedError) {
    const { code, detail, figures, canRetry } = error;
    return new ProblemError(code, { detail, figures, canRetry });
  }
  if (error instanceof TradingBusyError) return new ProblemError('too-busy', { retryAfterSeconds: 1, canRetry: true });
  if (error instanceof TradingUnavailableError) {
    const details = { detail: OUTCOME_UNKNOWN, retryAfterSeconds: RETRY_SECONDS, canRetry: true };
    return new ProblemError('service-unavailable', details, { cause: error });
  }
  if (isUnavailable(error)) {
    return new ProblemError('service-unavailable', { retryAfterSeconds: RETRY_SECONDS }, { cause: error });
  }
  const code = isCoded(error) ? frameworkProblems[error.code] : undefined;
  if (code !== undefined) return new ProblemError(code);
  // Whatever else the framework blames on the request, and a client that went away in the middle of its body.
  if (isCoded(error) && (error.statusCode === 403 || error.statusCode === 404)) return new ProblemError('not-found');
  if (isCoded(error) && isClientStatus(error.statusCode)) return new ProblemError('malformed-request');
  return new ProblemError('internal-error', {}, { cause: error });
}

function isUnavailable(error: unknown): boolean {
  return (
    error instanceof CacheUnavailableError ||
    error instanceof KafkaUnavailableError ||
    error instanceof UserStoreUnavailableError ||
    isDatabaseUnavailable(error)
  );
}

function isClientStatus(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

function isCoded(error: unknown): error is Error & { code: string; statusCode?: number } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
