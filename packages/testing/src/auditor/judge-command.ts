import type { Command } from '@repo/trading-core';
import type { Books } from './books.ts';
import { judgeClosePosition, judgeModifyOrder, judgeModifyPosition } from './judge-changes.ts';
import type { Verdict } from './judge-fill.ts';
import { judgeListInstrument } from './judge-instrument.ts';
import { judgeAdjustBalance, judgeDeposit, judgeWithdraw } from './judge-money.ts';
import { judgePlaceOrder } from './judge-place-order.ts';
import { isLive, tradingStateOf } from './trading-state-of.ts';

/** Why a command is refused, or the order that it repeats; `undefined` when it is accepted. */
export function judgeCommand(books: Books, command: Command): Verdict | { readonly repeats: number } | undefined {
  if (command.type === 'place-order') return judgePlaceOrder(books, command);
  if (command.type === 'deposit') return judgeDeposit(books, command);
  if (command.type === 'withdraw') return judgeWithdraw(books, command);
  if (command.type === 'adjust-balance') return judgeAdjustBalance(books, command);
  return judgeByCode(books, command);
}

type Judged = Exclude<Command, { type: 'place-order' | 'deposit' | 'withdraw' | 'adjust-balance' }>;

function judgeByCode(books: Books, command: Judged): Verdict | undefined {
  const code = codeOf(books, command);
  return code === undefined ? undefined : { code };
}

function codeOf(books: Books, command: Judged): Verdict['code'] | undefined {
  switch (command.type) {
    case 'modify-order':
      return judgeModifyOrder(books, command);
    case 'cancel-order': {
      if (!books.accounts.has(command.accountId)) return 'unknown-account';
      return books.orders.get(command.orderId)?.account.id === command.accountId ? undefined : 'order-not-open';
    }
    case 'cancel-all-orders':
      return judgeAssetOfAccount(books, command);
    case 'modify-position':
      return judgeModifyPosition(books, command);
    case 'close-position':
      return judgeClosePosition(books, command);
    case 'close-all-positions':
      return judgeAssetOfAccount(books, command) ?? judgeCloseAll(books, command);
    case 'advance-time':
      return undefined;
    case 'open-account':
      if (command.accountId === '') return 'invalid-command';
      if (command.deposit !== undefined && !(Number.isSafeInteger(command.deposit) && command.deposit > 0)) {
        return 'invalid-command';
      }
      if (books.accounts.has(command.accountId)) return 'duplicate-account';
      return books.profiles.has(command.profile) ? undefined : 'unknown-profile';
    case 'list-instrument':
      return judgeListInstrument(books, command.terms);
    case 'set-trading-state':
      return command.asset === null || books.markets.has(command.asset) ? undefined : 'unknown-instrument';
  }
}

interface AssetOfAccount {
  readonly accountId: string;
  readonly asset?: string;
}

function judgeAssetOfAccount(books: Books, { accountId, asset }: AssetOfAccount): Verdict['code'] | undefined {
  if (!books.accounts.has(accountId)) return 'unknown-account';
  return asset === undefined || books.markets.has(asset) ? undefined : 'unknown-instrument';
}

/** Refused when there is something to close and none of it can be closed. */
function judgeCloseAll(books: Books, { accountId, asset }: AssetOfAccount): Verdict['code'] | undefined {
  const legs = books.accounts.get(accountId)?.legs ?? [];
  const wanted = legs.map((leg) => leg.market).filter((market) => asset === undefined || market.terms.asset === asset);
  const halted = wanted.filter((market) => tradingStateOf(books, market) === 'halted');
  const unpriced = wanted.filter((market) => !isLive(market));
  if (wanted.length === 0 || new Set([...halted, ...unpriced]).size < wanted.length) return undefined;
  return halted.length > 0 ? 'instrument-halted' : 'price-not-live';
}
