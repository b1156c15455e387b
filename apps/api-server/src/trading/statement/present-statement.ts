import type { StatementRecord, StatementRecords } from '@repo/db';
import type { FillRuleSchema, Statement } from '@repo/schemas';
import { type Micros, micros, steps, ticks } from '@repo/trading-core';
import type { z } from 'zod';
import { presentLedgerEntry } from '../present/present-ledger-entry.ts';
import { moneyText, unitsOf } from '../present/units.ts';
import type { StatementPeriod } from './statement-period.ts';

type Total = keyof Statement['totals'];

const totalOfKind: Readonly<Record<string, Total>> = {
  deposit: 'deposits',
  withdrawal: 'withdrawals',
  swap: 'swap',
  adjustment: 'adjustments',
  'write-off': 'writeOffs',
};

/** The totals are signed as the entries are: together they are what the balance changed by. */
export function presentStatement(
  { openingBalance, entries }: StatementRecords,
  accountId: string,
  period: StatementPeriod,
): Statement {
  const totals: Record<Total, number> = {
    deposits: 0,
    withdrawals: 0,
    realizedPnl: 0,
    commission: 0,
    swap: 0,
    adjustments: 0,
    writeOffs: 0,
  };
  let [balance, before] = [openingBalance, -1];
  const presented = entries.map((entry) => {
    const total = totalOf(entry, entry.sequence !== before);
    before = entry.sequence;
    totals[total] += entry.amount;
    balance += entry.amount;
    return {
      ...presentLedgerEntry(entry, accountId),
      balance: moneyText(micros(balance)),
      description: describe(entry, total),
    };
  });
  return {
    accountId,
    currency: 'USD',
    ...period,
    openingBalance: moneyText(micros(openingBalance)),
    closingBalance: moneyText(micros(balance)),
    totals: mapValues(totals, (amount) => moneyText(micros(amount))),
    entries: presented,
  };
}

/** A fill moves what was gained first, if anything was, and then its commission. */
function totalOf({ cause, fill }: StatementRecord, isFirst: boolean): Total {
  const kind = cause.slice(0, cause.indexOf(':'));
  if (kind === 'fill') return isFirst && fill?.realizedPnl !== 0 ? 'realizedPnl' : 'commission';
  const total = totalOfKind[kind];
  if (total === undefined) throw new Error(`a ledger entry of an unknown cause: ${cause}`);
  return total;
}

function describe({ cause, amount, fill, swapAsset, reason }: StatementRecord, total: Total): string {
  switch (total) {
    case 'deposits':
      return 'Deposit';
    case 'withdrawals':
      return 'Withdrawal';
    case 'realizedPnl':
      return `${amount < 0 ? 'Loss' : 'Profit'}: ${fillText(fill)}`;
    case 'commission':
      return `Commission: ${fillText(fill)}`;
    case 'swap': {
      const day = new Date(Number(cause.split(':')[2]) * 86_400_000).toISOString().slice(0, 10);
      return `Swap ${amount < 0 ? 'paid' : 'received'} for ${swapAsset ?? 'a position'}, ${day}`;
    }
    case 'adjustments':
      return `Adjustment: ${reason ?? 'no reason given'}`;
    case 'writeOffs':
      return 'Negative balance written off';
  }
}

/** How a statement names each rule. */
const ruleText: Readonly<Record<z.infer<typeof FillRuleSchema>, string>> = {
  market: 'at market',
  limit: 'by limit',
  stop: 'by stop',
  'stop-limit': 'by stop-limit',
  close: 'at market, to close',
  'stop-loss': 'by stop loss',
  'take-profit': 'by take profit',
  'trailing-stop': 'by trailing stop',
  'stop-out': 'by stop-out',
};

function fillText(fill: StatementRecord['fill']): string {
  if (fill === null) return 'a fill';
  const { price, quantity } = unitsOf(fill.asset);
  const did = fill.side === 'buy' ? 'bought' : 'sold';
  const what = `${quantity(steps(fill.quantity))} ${fill.asset}`;
  return `${did} ${what} at ${price(ticks(fill.price))} ${ruleText[fill.rule]}`;
}

function mapValues<K extends string>(record: Readonly<Record<K, number>>, map: (value: Micros) => string) {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, map(micros(value as number))]),
  ) as Record<K, string>;
}
