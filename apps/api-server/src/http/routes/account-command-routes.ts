import { AccountSchema, IdSchema, OpenAccountSchema, TransferDoneSchema, TransferSchema } from '@repo/schemas';
import { z } from 'zod';
import type { AccountOpener } from '../../trading/account-opener.ts';
import type { BookNow } from '../../trading/book-now.ts';
import type { MoneyCommands } from '../../trading/money-commands.ts';
import type { Api } from '../api.ts';
import type { CountCommand } from '../count-command.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { problemResponsesWithBody } from '../problem-responses.ts';
import { commandProblems } from '../trading-problems.ts';

export interface AccountCommandRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly countCommand: CountCommand;
  readonly opener: AccountOpener;
  readonly money: MoneyCommands;
  readonly bookNow: BookNow;
}

const params = z.strictObject({ id: IdSchema });
const common = { tags: ['trading'], security: [{ session: [] }] };

export function addAccountCommandRoutes(api: Api, options: AccountCommandRoutesOptions): void {
  const { principals, own, countCommand, opener, money, bookNow } = options;
  const preValidation = principals.require('trade');

  api.post(
    '/accounts',
    {
      schema: {
        ...common,
        summary: 'Open another demo account',
        description: 'Empty; `hedging` and `professional` unless told. The same `clientRequestId` is the same account.',
        body: OpenAccountSchema,
        response: {
          201: AccountSchema,
          ...problemResponsesWithBody(...commandProblems, 'accounts-limit', 'duplicate-client-request-id'),
        },
      },
      preValidation,
    },
    async (request, reply) => {
      const { userId } = principals.of(request);
      await countCommand(request, userId);
      const { id } = await opener.open(userId, request.body);
      return reply.code(201).send((await bookNow(id)).account());
    },
  );

  api.post(
    '/accounts/:id/deposits',
    {
      schema: {
        ...common,
        summary: 'Put demo money into an account',
        description: 'At most 1,000,000 at a time, up to a balance of 10,000,000.',
        params,
        body: TransferSchema,
        response: {
          201: TransferDoneSchema,
          ...problemResponsesWithBody(...commandProblems, 'deposit-limit', 'duplicate-client-request-id'),
        },
      },
      preValidation,
    },
    async (request, reply) => {
      const account = await own.account(request, request.params.id);
      await countCommand(request, account.id);
      return reply.code(201).send(await money.deposit(account, request.body));
    },
  );

  api.post(
    '/accounts/:id/withdrawals',
    {
      schema: {
        ...common,
        summary: 'Take money out of an account',
        description: 'At most the balance, and what open positions leave free of it.',
        params,
        body: TransferSchema,
        response: {
          201: TransferDoneSchema,
          ...problemResponsesWithBody(
            ...commandProblems,
            'price-not-live',
            'insufficient-margin',
            'insufficient-balance',
            'duplicate-client-request-id',
          ),
        },
      },
      preValidation,
    },
    async (request, reply) => {
      const account = await own.account(request, request.params.id);
      await countCommand(request, account.id);
      return reply.code(201).send(await money.withdraw(account, request.body));
    },
  );
}
