import type { BookReader } from '@repo/db';
import { type Statement, StatementQuerySchema, StatementSchema } from '@repo/schemas';
import { Gate } from '@repo/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { presentStatement } from '../../trading/statement/present-statement.ts';
import { statementCsv } from '../../trading/statement/statement-csv.ts';
import { statementPage } from '../../trading/statement/statement-page.ts';
import { statementPagePolicy } from '../../trading/statement/statement-page-style.ts';
import { statementPeriod } from '../../trading/statement/statement-period.ts';
import type { Api } from '../api.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses } from '../problem-responses.ts';
import { readProblems } from '../trading-problems.ts';

/** A statement is made in one go, while prices wait. */
const ENTRIES_MAX = 10_000;
/** Statements made at once, and those that wait for their turn. */
const CONCURRENCY_MAX = 2;
const WAITING_MAX = 20;

export interface StatementRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly books: Pick<BookReader, 'readStatement'>;
}

const problems = problemResponses(...readProblems, 'unknown-account');
const common = {
  tags: ['history'],
  security: [{ session: [] }],
  description: `The current month unless told, by UTC; a period of at most ${ENTRIES_MAX.toLocaleString('en')} entries.`,
  querystring: StatementQuerySchema,
};

/** An account's ledger over a period: as data, for a spreadsheet, and to print. */
export function addStatementRoutes(api: Api, { principals, own, books }: StatementRoutesOptions): void {
  const preValidation = principals.require('read');
  const gate = new Gate({ concurrencyMax: CONCURRENCY_MAX, queueMax: WAITING_MAX });

  async function makeStatement(
    request: FastifyRequest,
    { accountId, ...asked }: z.infer<typeof StatementQuerySchema>,
  ): Promise<Statement> {
    const account = await own.account(request, accountId);
    const period = statementPeriod(asked, Date.now());
    const limit = ENTRIES_MAX;
    const records = await gate.run(() => books.readStatement({ accountId: account.id, ...period, limit }));
    if (records.entries.length <= ENTRIES_MAX) return presentStatement(records, account.id, period);
    throw new ProblemError('invalid-request', {
      detail: `The period has more than ${ENTRIES_MAX.toLocaleString('en')} entries: ask for a shorter one.`,
      errors: [{ path: '/from', message: 'the period has too many entries' }],
    });
  }

  api.get(
    '/statement',
    {
      schema: { ...common, summary: 'A statement of account', response: { 200: StatementSchema, ...problems } },
      preValidation,
    },
    (request) => makeStatement(request, request.query),
  );

  api.get(
    '/statement.csv',
    {
      schema: {
        ...common,
        summary: 'A statement of account for a spreadsheet',
        response: { 200: { content: { 'text/csv': { schema: z.string() } } }, ...problems },
      },
      preValidation,
    },
    async (request, reply) => {
      const statement = await makeStatement(request, request.query);
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${fileName(statement)}.csv"`)
        .send(statementCsv(statement));
    },
  );

  api.get(
    '/statement.html',
    {
      schema: {
        ...common,
        summary: 'A statement of account to print',
        response: { 200: { content: { 'text/html': { schema: z.string() } } }, ...problems },
      },
      preValidation,
    },
    async (request, reply) => {
      const statement = await makeStatement(request, request.query);
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', statementPagePolicy)
        .header('content-disposition', `inline; filename="${fileName(statement)}.html"`)
        .send(statementPage(statement));
    },
  );
}

/** Of figures and letters alone, whatever the period. */
function fileName({ accountId, from, to }: Statement): string {
  const date = (at: number) => new Date(at).toISOString().slice(0, 10);
  return `statement-${accountId.slice(0, 8)}-${date(from)}-${date(to - 1)}`;
}
