import type { AccountRecord, ItemRecord } from '@repo/db';
import type { FastifyRequest } from 'fastify';
import type { Accounts } from '../trading/accounts.ts';
import type { Principals } from './principal.ts';
import { ProblemError } from './problem-error.ts';

/** What a request is about, if it is its sender's own; what is another's is not there. */
export interface Own {
  /** The account of that id, or the oldest. @throws ProblemError `unknown-account` */
  account(request: FastifyRequest, accountId: string | undefined): Promise<AccountRecord>;
  /** @throws ProblemError `not-found` */
  order(request: FastifyRequest, id: string): Promise<ItemRecord>;
  /** @throws ProblemError `not-found` */
  position(request: FastifyRequest, id: string): Promise<ItemRecord>;
}

export function createOwn(options: { readonly accounts: Accounts; readonly principals: Principals }): Own {
  const { accounts, principals } = options;
  return {
    async account(request, accountId) {
      const { userId } = principals.of(request);
      if (accountId === undefined) return accounts.defaultOf(userId);
      const found = await accounts.owned(userId, accountId);
      if (found === undefined) throw new ProblemError('unknown-account');
      return found;
    },
    order: async (request, id) => here(await accounts.ownedOrder(principals.of(request).userId, id)),
    position: async (request, id) => here(await accounts.ownedPosition(principals.of(request).userId, id)),
  };
}

function here(item: ItemRecord | undefined): ItemRecord {
  if (item === undefined) throw new ProblemError('not-found');
  return item;
}
