import { GateFullError } from '@repo/service';
import type { HandlerContext } from '../handlers/handler-context.ts';
import { sessionEndHandler } from '../handlers/session-end-handler.ts';
import { sessionRotationHandler } from '../handlers/session-rotation-handler.ts';
import { userAuthenticationHandler } from '../handlers/user-authentication-handler.ts';
import { userCreationHandler } from '../handlers/user-creation-handler.ts';
import { userExistenceHandler } from '../handlers/user-existence-handler.ts';
import { findAnswer } from './commit-once.ts';
import type { OpenedRequest } from './open-request.ts';
import type { UserAnswer } from './user-answer.ts';

const RETRY_AFTER_SECONDS = 1;

/**
 * Carries a request out, or finds that this happened before. Rejects, without an answer, when the database is away.
 *
 * @returns the answer and, for the metrics, how it came about.
 */
export async function answerRequest(
  context: HandlerContext,
  request: OpenedRequest,
): Promise<{ readonly answer: UserAnswer; readonly outcome: string }> {
  // Spares a repeated request the hashing; commitOnce decides.
  const earlier = request.type === 'check' ? undefined : await findAnswer(context.database, request.requestId);
  if (earlier !== undefined) return { answer: earlier, outcome: 'repeated' };
  try {
    const answer = await handle(context, request);
    return { answer, outcome: answer.success ? 'success' : answer.error };
  } catch (error) {
    if (!(error instanceof GateFullError)) throw error;
    // Nothing happened and nothing is stored: the same request may succeed later.
    const data = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    return { answer: { success: false, error: 'busy', data }, outcome: 'busy' };
  }
}

function handle(context: HandlerContext, request: OpenedRequest): Promise<UserAnswer> {
  switch (request.type) {
    case 'check':
      return userExistenceHandler(context, request);
    case 'create':
      return userCreationHandler(context, request);
    case 'auth':
      return userAuthenticationHandler(context, request);
    case 'rotate-session':
      return sessionRotationHandler(context, request);
    case 'end-session':
      return sessionEndHandler(context, request);
  }
}
