import { defaultProfiles, type LeverageTiers, micros, type Profile, type ShardOptions } from '@repo/trading-core';

const dollars = (amount: number) => micros(amount * 1_000_000);

const crypto: LeverageTiers = [
  { notionalMax: dollars(10_000), leverage: 33 },
  { notionalMax: dollars(50_000), leverage: 7 },
  { notionalMax: null, leverage: 3 },
];
const rest: LeverageTiers = [
  { notionalMax: dollars(25_000), leverage: 150 },
  { notionalMax: null, leverage: 30 },
];

/** Tiers, low limits, most margin first, and debts that stay. */
const tiered: Profile = {
  name: 'tiered',
  leverage: { crypto, share: rest, commodity: rest, gold: rest, 'forex-minor': rest, 'forex-major': rest },
  marginCallPercent: 100,
  marginCallResetPercent: 110,
  stopOutPercent: 50,
  stopOutOrder: 'most-margin',
  negativeBalanceProtection: false,
  notionalMax: dollars(400_000),
  openPositionsMax: 6,
  pendingOrdersMax: 5,
};

export const workloadShardOptions: ShardOptions = {
  profiles: [...defaultProfiles, tiered],
  grossNotionalMax: dollars(38_000_000),
  recentOrdersMax: 5_000,
};
