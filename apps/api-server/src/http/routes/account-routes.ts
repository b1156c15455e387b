import { AccountQuerySchema, AccountSchema, AccountsSchema, PositionsSchema, ProfilesSchema } from '@repo/schemas';
import { defaultProfiles } from '@repo/trading-core';
import type { Accounts } from '../../trading/accounts.ts';
import type { BookNow } from '../../trading/book-now.ts';
import { presentProfile } from '../../trading/present/present-profile.ts';
import type { Api } from '../api.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { problemResponses } from '../problem-responses.ts';
import { readProblems } from '../trading-problems.ts';

export interface AccountRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly accounts: Accounts;
  readonly bookNow: BookNow;
}

const common = { tags: ['trading'], security: [{ session: [] }] };

/** Accounts as they are now: their figures and their open positions, at the latest prices. */
export function addAccountRoutes(api: Api, options: AccountRoutesOptions): void {
  const { principals, own, accounts, bookNow } = options;
  const preValidation = principals.require('read');
  const profiles = defaultProfiles.map(presentProfile);

  api.get(
    '/profiles',
    {
      schema: {
        tags: ['market'],
        summary: 'The rules that accounts trade under',
        response: { 200: ProfilesSchema, ...problemResponses() },
      },
    },
    async () => ({ items: profiles }),
  );

  api.get(
    '/accounts',
    {
      schema: {
        ...common,
        summary: 'All accounts, oldest first',
        response: { 200: AccountsSchema, ...problemResponses(...readProblems) },
      },
      preValidation,
    },
    async (request) => {
      const all = await accounts.list(principals.of(request).userId);
      return { items: await Promise.all(all.map(async ({ id }) => (await bookNow(id)).account())) };
    },
  );

  api.get(
    '/account',
    {
      schema: {
        ...common,
        summary: 'An account: balance, equity, margin',
        querystring: AccountQuerySchema,
        response: { 200: AccountSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { id } = await own.account(request, request.query.accountId);
      return (await bookNow(id)).account();
    },
  );

  api.get(
    '/positions',
    {
      schema: {
        ...common,
        summary: 'Open positions, oldest first',
        querystring: AccountQuerySchema,
        response: { 200: PositionsSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { id } = await own.account(request, request.query.accountId);
      return { items: [...(await bookNow(id)).state().positions] };
    },
  );
}
