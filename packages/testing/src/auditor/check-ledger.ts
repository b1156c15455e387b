import type { Event } from '@repo/trading-core';
import type { Audit } from './audit.ts';

/** Money from one ledger account to another; below zero the other way. */
export type Movement = readonly [from: string, to: string, amount: bigint];

/** Compares the core's transaction of an event with the auditor's movements, and adds these to the auditor's ledger. */
export function checkLedger(audit: Audit, event: Event, cause: string, movements: readonly Movement[]): void {
  const { books, fail } = audit;
  const foreseen = new Map<string, bigint>();
  for (const [from, to, amount] of movements) {
    add(foreseen, from, -amount);
    add(foreseen, to, amount);
  }
  const transaction = audit.ledgerTransaction(event);
  const booked = new Map<string, bigint>();
  let sum = 0n;
  for (const { account, amount } of transaction?.entries ?? []) {
    add(booked, account, BigInt(amount));
    sum += BigInt(amount);
  }
  if (sum !== 0n) fail(`${cause}: sum of the ledger entries`, 0n, sum);
  for (const account of new Set([...foreseen.keys(), ...booked.keys()])) {
    const expected = foreseen.get(account) ?? 0n;
    const actual = booked.get(account) ?? 0n;
    if (expected !== actual) fail(`${cause}: ledger entry of ${account}`, expected, actual);
    if (expected !== 0n) add(books.ledger, account, expected);
  }
  if (transaction === undefined) return;
  if (transaction.cause !== cause) fail('cause of the ledger transaction', cause, transaction.cause);
  if (transaction.at !== event.at) fail(`${cause}: moment of the ledger transaction`, event.at, transaction.at);
}

function add(balances: Map<string, bigint>, account: string, amount: bigint): void {
  balances.set(account, (balances.get(account) ?? 0n) + amount);
}
