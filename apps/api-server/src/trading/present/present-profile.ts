import type { ProfilesSchema } from '@repo/schemas';
import type { LeverageTiers, Profile } from '@repo/trading-core';
import type { z } from 'zod';
import { moneyText } from './units.ts';

type ProfileOfWire = z.infer<typeof ProfilesSchema>['items'][number];

export function presentProfile({ name, leverage, notionalMax, ...rules }: Profile): ProfileOfWire {
  return {
    ...rules,
    name: name as ProfileOfWire['name'],
    leverage: Object.fromEntries(Object.entries(leverage).map(([kind, tiers]) => [kind, presentTiers(tiers)])),
    notionalMax: moneyText(notionalMax),
  };
}

function presentTiers(tiers: LeverageTiers): ProfileOfWire['leverage'][string] {
  return tiers.map(({ notionalMax, leverage }) => ({
    notionalMax: notionalMax === null ? null : moneyText(notionalMax),
    leverage,
  }));
}
