import type { AssetClass } from '../instruments/instrument-terms.ts';
import { micros } from '../numbers/units.ts';
import type { LeverageTiers, Profile } from './profile.ts';

const flat = (leverage: number): LeverageTiers => [{ notionalMax: null, leverage }];

function profile(name: string, leverage: Readonly<Record<AssetClass, number>>): Profile {
  return {
    name,
    leverage: {
      crypto: flat(leverage.crypto),
      share: flat(leverage.share),
      commodity: flat(leverage.commodity),
      gold: flat(leverage.gold),
      'forex-minor': flat(leverage['forex-minor']),
      'forex-major': flat(leverage['forex-major']),
    },
    marginCallPercent: 100,
    marginCallResetPercent: 110,
    stopOutPercent: 50,
    stopOutOrder: 'largest-loss',
    negativeBalanceProtection: true,
    notionalMax: micros(10_000_000_000_000),
    openPositionsMax: 500,
    pendingOrdersMax: 200,
  };
}

/**
 * `esma`: the European regulator's limits for retail clients (ESMA Decision 2018/796, as kept by national rules).
 * `professional`: the demo's default.
 */
export const defaultProfiles: readonly Profile[] = [
  profile('esma', { crypto: 2, share: 5, commodity: 10, gold: 20, 'forex-minor': 20, 'forex-major': 30 }),
  profile('professional', { crypto: 20, share: 10, commodity: 50, gold: 100, 'forex-minor': 100, 'forex-major': 200 }),
];
