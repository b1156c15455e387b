import { type ProblemCode, ProblemSchema, problemStatus } from '@repo/schemas';
import { PROBLEM_CONTENT_TYPE } from './send-problem.ts';

/** What any request may meet. */
const always: readonly ProblemCode[] = ['malformed-request', 'internal-error'];
/** What any request with a body may meet. */
const withBody: readonly ProblemCode[] = [
  'invalid-json',
  'invalid-request',
  'origin-not-allowed',
  'body-too-large',
  'media-type-not-supported',
];

/**
 * Documents the problems of a route, by status. The type says nothing of them, so that a handler can only return what
 * the route is for: problems are thrown.
 */
export function problemResponses(...codes: readonly ProblemCode[]): object {
  const byStatus = Map.groupBy(new Set([...codes, ...always]), (code) => problemStatus[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      status,
      {
        description: all.map((code) => `\`${code}\``).join(', '),
        content: { [PROBLEM_CONTENT_TYPE]: { schema: ProblemSchema } },
      },
    ]),
  );
}

/** Of a route that takes a JSON body. */
export function problemResponsesWithBody(...codes: readonly ProblemCode[]): object {
  return problemResponses(...codes, ...withBody);
}
