import { equity, type InstrumentTerms, type Quote, type Steps, steps } from '@repo/trading-core';
import type { Scene } from './scene.ts';

/** A quantity: a share of what the free margin carries, often nearly all of it, or one that meets the position. */
export function chooseQuantity(scene: Scene, accountId: string, terms: InstrumentTerms, quote: Quote): Steps {
  const { random, shard } = scene;
  const account = shard.accounts.get(accountId);
  if (account === undefined) return terms.quantityMin;
  const leg = account.legs.find(({ market }) => market.terms.asset === terms.asset);
  const held = leg === undefined ? 0 : Math.max(leg.longQuantity, leg.shortQuantity);
  if (account.mode === 'netting' && held > 0 && random.chance(0.5)) {
    return atLeast(terms, Math.round(held * random.pick([0.3, 0.5, 1, 1, 1.5, 2])));
  }
  const way = random.weighted({ least: 8, small: 60, some: 10, edge: 13, above: 3, bad: 1.5, giant: 1 });
  if (way === 'least') return terms.quantityMin;
  if (way === 'bad') return steps(random.pick([0, -1, 0.5, Number.NaN, terms.quantityMin - 1, terms.quantityMax + 1]));
  if (way === 'giant') return terms.quantityMax;
  const free = account.balance === 0 ? 0 : equity(account) - account.usedMargin;
  const leverage = account.profile.leverage[terms.assetClass][0]?.leverage ?? 1;
  const price = Math.max(1, Math.abs(quote.ask));
  const costOfOne = (price * terms.tickValue) / leverage;
  const fees =
    price * terms.tickValue * (terms.commissionPpm / 1_000_000) + 2 * (quote.ask - quote.bid) * terms.tickValue;
  const whole = Math.max(0, free) / (costOfOne + fees);
  const share = { small: random.fraction() * 0.06, some: random.fraction(), edge: 1, above: 1 + random.fraction() }[
    way
  ];
  return atLeast(terms, Math.floor(whole * share) + (way === 'edge' ? random.pick([0, 0, -1, 1]) : 0));
}

function atLeast(terms: InstrumentTerms, quantity: number): Steps {
  return steps(Math.min(Math.max(quantity, terms.quantityMin), terms.quantityMax));
}
