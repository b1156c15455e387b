import type { EventRow } from './books.ts';
import { pnlOf, usedMarginOf } from './figures.ts';
import type { Finding } from './finding.ts';
import type { Published } from './published.ts';
import { positionsOf, type ShardModel } from './shard-model.ts';
import { STOP_OUT_PERCENT } from './units.ts';

/** 7: a stop-out names what the account is, at prices that were published, and is at its level. */
export function auditStopOut(row: EventRow, model: ShardModel, published: Published): Finding[] {
  const { accountId, balance, equity, usedMargin, legs } = row.data;
  const account = model.accounts.get(accountId);
  if (account === undefined) return [{ invariant: 7, what: 'a stop-out of no account', rows: row }];
  const positions = positionsOf(model, accountId);
  const faults: string[] = [];
  let worth = account.balance;
  for (const { asset, bid, ask } of legs) {
    const prices = { bid: BigInt(bid), ask: BigInt(ask) };
    if (!published.has(asset, prices.bid, prices.ask)) faults.push(`${asset} at ${bid}/${ask} was never published`);
    for (const position of positions) if (position.asset === asset) worth += pnlOf(position, prices);
  }
  const margin = usedMarginOf(account.profile, positions);
  if (positions.some(({ asset }) => !legs.some((leg: { asset: string }) => leg.asset === asset)))
    faults.push('a leg is missing');
  if (BigInt(balance) !== account.balance) faults.push(`balance is ${account.balance}`);
  if (BigInt(equity) !== worth) faults.push(`equity is ${worth}`);
  if (BigInt(usedMargin) !== margin) faults.push(`used margin is ${margin}`);
  if (worth * 100n > margin * STOP_OUT_PERCENT) faults.push('the level is above the stop-out level');
  return faults.map((what) => ({ invariant: 7, what: `stop-out of ${accountId}: ${what}`, rows: row }));
}
