import { GateFullError } from '@repo/service';
import { apiKeyCreationHandler } from '../handlers/api-key-creation-handler.ts';
import { apiKeyRevocationHandler } from '../handlers/api-key-revocation-handler.ts';
import type { HandlerContext } from '../handlers/handler-context.ts';
import { sessionEndHandler } from '../handlers/session-end-handler.ts';
import { sessionRotationHandler } from '../handlers/session-rotation-handler.ts';
import { userAuthenticationHandler } from '../handlers/user-authentication-handler.ts';
import { userCreationHandler } from '../handlers/user-creation-handler.ts';
import { userExistenceHandler } from '../handlers/user-existence-handler.ts';
import { type Committed, findAnswer } from './commit-once.ts';
import type { OpenedRequest } from './open-request.ts';

const RETRY_AFTER_SECONDS = 1;

/** Carries a request out, or finds that this happened before. Rejects, without an answer, when the database is away. */
export async function answerRequest(context: HandlerContext, request: OpenedRequest): Promise<Committed> {
  try {
    return await handle(context, request);
  } catch (error) {
    if (!(error instanceof GateFullError)) throw error;
    // A request that comes again has its answer, gate or no gate.
    const answer = await findAnswer(context.database, request.requestId);
    if (answer !== undefined) return { answer, repeated: true };
    // Nothing happened and nothing is stored: the same request may succeed later.
    const data = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    return { answer: { success: false, error: 'busy', data }, repeated: false };
  }
}

async function handle(context: HandlerContext, request: OpenedRequest): Promise<Committed> {
  switch (request.type) {
    case 'check':
      return { answer: await userExistenceHandler(context, request), repeated: false };
    case 'create':
      return userCreationHandler(context, request);
    case 'auth':
      return userAuthenticationHandler(context, request);
    case 'rotate-session':
      return sessionRotationHandler(context, request);
    case 'end-session':
      return sessionEndHandler(context, request);
    case 'create-api-key':
      return apiKeyCreationHandler(context, request);
    case 'revoke-api-key':
      return apiKeyRevocationHandler(context, request);
  }
}
