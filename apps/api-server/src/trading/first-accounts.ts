import type { Logger } from '@repo/service';
import { carryOut } from './carry-out.ts';
import { RefusedError } from './refused-error.ts';
import type { TradeCommands } from './trade-commands.ts';
import { firstAccountId } from './trading-ids.ts';

export interface FirstAccountsOptions {
  readonly commands: Pick<TradeCommands, 'ask'>;
  readonly logger: Logger;
  /** What it is opened with, in whole units of the account currency. */
  readonly deposit: number;
}

/** Opens the demo account that every user has from the beginning, with money in it. Its id follows from the user's. */
export class FirstAccounts {
  readonly #options: FirstAccountsOptions;
  /** By user: whoever asks meanwhile waits for the same. */
  readonly #opening = new Map<string, Promise<void>>();

  constructor(options: FirstAccountsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the account is in the books, also when it was there.
   *
   * @throws TradingBusyError, TradingUnavailableError
   */
  open(userId: string): Promise<void> {
    const opening = this.#opening.get(userId) ?? this.#open(userId).finally(() => this.#opening.delete(userId));
    this.#opening.set(userId, opening);
    return opening;
  }

  /** Does not wait: an account that could not be opened now is opened when the user is found to have none. */
  openSoon(userId: string): void {
    this.open(userId).catch((error: unknown) => {
      this.#options.logger.warn({ err: error, userId }, 'the first account is not open yet');
    });
  }

  async #open(userId: string): Promise<void> {
    const { commands, deposit } = this.#options;
    const data = { userId, mode: 'hedging', profile: 'professional' } as const;
    const first = deposit === 0 ? {} : { deposit: String(deposit) };
    try {
      await carryOut(commands, {
        type: 'open-account',
        accountId: firstAccountId(userId),
        data: { ...data, ...first },
      });
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === 'duplicate-account')) throw error;
    }
  }
}
