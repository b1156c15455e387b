import type { LedgerRecord } from '@repo/db';
import type { LedgerSchema } from '@repo/schemas';
import { micros } from '@repo/trading-core';
import type { z } from 'zod';
import { itemId } from '../item-id.ts';
import { moneyText } from './units.ts';

type LedgerEntryOfWire = z.infer<typeof LedgerSchema>['items'][number];

/** @param accountId whose entry it is. */
export function presentLedgerEntry(
  { shard, sequence, amount, cause, at }: LedgerRecord,
  accountId: string,
): LedgerEntryOfWire {
  return {
    transactionId: itemId(shard, sequence),
    account: accountId,
    amount: moneyText(micros(amount)),
    cause: causeOfWire(cause, shard),
    at,
  };
}

/** The core counts in a shard, the wire names it: `swap:4:20779` → `swap:3-4:20779`. */
function causeOfWire(cause: string, shard: number): string {
  const [kind, number, ...rest] = cause.split(':');
  return [kind, itemId(shard, Number(number)), ...rest].join(':');
}
