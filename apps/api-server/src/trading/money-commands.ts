import type { AccountFinder, AccountRecord } from '@repo/db';
import { readCommand, type TradeCommand, type TransferDoneSchema, type TransferSchema } from '@repo/schemas';
import type { Deposit, Micros } from '@repo/trading-core';
import type { z } from 'zod';
import { itemId } from './item-id.ts';
import type { NamedCommands } from './named-commands.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { moneyText } from './present/units.ts';
import { RefusedError } from './refused-error.ts';

/** Micros: what a demo account takes at a time, and may hold after it. */
const DEPOSIT_MAX = 1_000_000_000_000 as Micros;
const BALANCE_MAX = 10_000_000_000_000 as Micros;

type Transfer = z.infer<typeof TransferSchema>;
type TransferDone = z.infer<typeof TransferDoneSchema>;

/** Demo money in and out of accounts. */
export class MoneyCommands {
  readonly #named: NamedCommands;
  readonly #finder: Pick<AccountFinder, 'balanceOf'>;
  /** So that deposits at once cannot pass the limit of the balance together. */
  readonly #ofAccounts = new OneAtATime();

  constructor(options: { readonly named: NamedCommands; readonly finder: Pick<AccountFinder, 'balanceOf'> }) {
    this.#named = options.named;
    this.#finder = options.finder;
  }

  /** @throws RefusedError, TradingBusyError, TradingUnavailableError, DatabaseUnavailableError */
  deposit({ id }: AccountRecord, transfer: Transfer): Promise<TransferDone> {
    return this.#ofAccounts.run(id, () =>
      this.#move('deposit', id, transfer, async (amount) => {
        if (amount > DEPOSIT_MAX) {
          const figures = { amount: transfer.amount, max: moneyText(DEPOSIT_MAX) };
          throw overLimit(`A deposit is at most ${figures.max}.`, figures);
        }
        const balance = (await this.#finder.balanceOf(id)) as Micros;
        if (balance + amount > BALANCE_MAX) {
          const figures = { amount: transfer.amount, balance: moneyText(balance), max: moneyText(BALANCE_MAX) };
          throw overLimit(`The balance of ${figures.balance} may grow to ${figures.max} by deposits.`, figures);
        }
      }),
    );
  }

  /** @throws as `deposit` does. */
  withdraw({ id }: AccountRecord, transfer: Transfer): Promise<TransferDone> {
    return this.#move('withdraw', id, transfer);
  }

  async #move(
    type: 'deposit' | 'withdraw',
    accountId: string,
    { clientRequestId, amount: text }: Transfer,
    check?: (amount: number) => Promise<void>,
  ): Promise<TransferDone> {
    const data = { amount: text };
    const { amount } = readCommand({ type, accountId, data } as TradeCommand, 0, () => undefined) as Deposit;
    const { shard, events } = await this.#named.carryOut({
      command: { type, accountId, data },
      clientRequestId,
      about: { asked: data },
      isDoneBy: ([event]) => event !== undefined && 'amount' in event && event.amount === amount,
      ...(check && { check: () => check(amount) }),
    });
    const [event] = events;
    if (event?.type !== 'deposited' && event?.type !== 'withdrawn') throw new Error(`${type} moved no money`);
    return { transactionId: itemId(shard, event.sequence), amount: moneyText(event.amount), at: event.at };
  }
}

function overLimit(detail: string, figures: Record<string, string>): RefusedError {
  return new RefusedError('deposit-limit', detail, figures, false);
}
