import type { Problem } from '@repo/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemError } from './problem-error.ts';
import { problemOf } from './problem-of.ts';
import { problemTitles } from './problem-titles.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The body of a refusal (RFC 9457). */
export function problemBody(problem: ProblemError, requestId: string): Problem {
  return {
    type: `urn:cfd-broker:problem:${problem.code}`,
    title: problemTitles[problem.code],
    status: problem.status,
    code: problem.code,
    ...problem.details,
    requestId,
  };
}

/** Answers with the problem that `error` stands for, and logs what the client is not told. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.code === 'internal-error') request.log.error({ err: problem.cause }, 'request failed');
  else if (problem.cause !== undefined) request.log.warn({ err: problem.cause }, 'request refused');
  const { retryAfterSeconds } = problem.details;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(problem.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type(PROBLEM_CONTENT_TYPE)
    .send(problemBody(problem, request.id));
}
