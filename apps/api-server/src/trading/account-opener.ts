import type { AccountRecord } from '@repo/db';
import type { OpenAccountSchema } from '@repo/schemas';
import type { z } from 'zod';
import type { Accounts } from './accounts.ts';
import { carryOut } from './carry-out.ts';
import { duplicateRequest } from './named-commands.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { RefusedError } from './refused-error.ts';
import type { TradeCommands } from './trade-commands.ts';
import { namedAccountId } from './trading-ids.ts';

const ACCOUNTS_MAX = 10;

/** Opens further accounts of a user, empty. */
export class AccountOpener {
  readonly #commands: Pick<TradeCommands, 'ask'>;
  readonly #accounts: Pick<Accounts, 'list'>;
  /** So that requests at once cannot pass the limit together. */
  readonly #ofUsers = new OneAtATime();

  constructor(options: { readonly commands: Pick<TradeCommands, 'ask'>; readonly accounts: Pick<Accounts, 'list'> }) {
    this.#commands = options.commands;
    this.#accounts = options.accounts;
  }

  /** The account of that name, opened now or before. @throws RefusedError, and what `Accounts.list` throws. */
  open(userId: string, request: z.infer<typeof OpenAccountSchema>): Promise<AccountRecord> {
    const { clientRequestId, mode = 'hedging', profile = 'professional' } = request;
    const accountId = namedAccountId(userId, clientRequestId);
    const find = (accounts: readonly AccountRecord[]) => {
      const found = accounts.find(({ id }) => id === accountId);
      if (found === undefined || (found.mode === mode && found.profile === profile)) return found;
      throw duplicateRequest(clientRequestId);
    };
    return this.#ofUsers.run(userId, async () => {
      const before = await this.#accounts.list(userId);
      const known = find(before);
      if (known !== undefined) return known;
      if (before.length >= ACCOUNTS_MAX) {
        const figures = { accounts: before.length, max: ACCOUNTS_MAX };
        throw new RefusedError('accounts-limit', `A user may have ${ACCOUNTS_MAX} accounts.`, figures, false);
      }
      const command = { type: 'open-account', accountId, data: { userId, mode, profile } } as const;
      // Opened by another api-server at this moment: then it is there.
      await carryOut(this.#commands, command).catch((error: unknown) => {
        if (!(error instanceof RefusedError && error.code === 'duplicate-account')) throw error;
      });
      const opened = find(await this.#accounts.list(userId));
      if (opened === undefined) throw new Error(`account ${accountId} was opened and is not in the books`);
      return opened;
    });
  }
}
