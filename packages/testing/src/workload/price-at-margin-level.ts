import type { Scene } from './scene.ts';

/** The bid at which some account that holds this instrument alone reaches one of its margin levels, or a tick away. */
export function priceAtMarginLevel({ random, open, shard }: Scene, asset: string, spread: number): number | undefined {
  if (open.positions.items.length === 0) return undefined;
  const account = shard.accounts.get(random.pick(open.positions.items).accountId);
  const leg = account?.legs[0];
  if (account === undefined || leg === undefined || account.legs.length > 1) return undefined;
  const { terms } = leg.market;
  if (terms.asset !== asset) return undefined;
  const { marginCallPercent, stopOutPercent, marginCallResetPercent } = account.profile;
  const percent = random.pick([marginCallPercent, stopOutPercent, stopOutPercent, marginCallResetPercent]);
  const equity = Math.floor((account.usedMargin * percent) / 100);
  const net = leg.longQuantity - leg.shortQuantity;
  if (net === 0) return undefined;
  const cost = leg.longCost - leg.shortCost + spread * leg.shortQuantity;
  const bid = ((equity - account.balance) / terms.tickValue + cost) / net;
  const rounded = Math.round(bid) + random.pick([0, 0, 1, -1]);
  const isNear = Math.abs(rounded) < 4 * Math.max(1000, Math.abs(leg.market.quote?.bid ?? 0));
  return isNear ? rounded : undefined;
}
