import { micros } from '../numbers/units.ts';
import type { Shard } from '../shard/shard.ts';
import type { Account, AccountMode } from './account.ts';

/** Adds an empty account to the shard. */
export function createAccount(shard: Shard, id: string, mode: AccountMode, profileName: string): Account {
  const profile = shard.profiles.get(profileName);
  if (profile === undefined) throw new Error(`no profile ${profileName}`);
  const account: Account = {
    id,
    ordinal: shard.accounts.size + 1,
    mode,
    profile,
    balance: micros(0),
    usedMargin: micros(0),
    openNotional: micros(0),
    reach: micros(0),
    openPositions: 0,
    pendingOrders: 0,
    isMarginCalled: false,
    legs: [],
    firstOrder: null,
    lastOrder: null,
  };
  shard.accounts.set(id, account);
  return account;
}
