/** The house's accounts, and the outside world's. */
export const houseAccounts = [
  'house:pnl',
  'house:commission',
  'house:swap',
  'house:negative-balance-write-off',
  'house:rounding',
  'external:deposits',
] as const;

export type HouseAccount = (typeof houseAccounts)[number];

/** `client:{accountId}`, or one of the house's. */
export type LedgerAccount = `client:${string}` | HouseAccount;
