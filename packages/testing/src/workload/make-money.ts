import { type Command, equity, type Micros, micros } from '@repo/trading-core';
import type { Scene } from './scene.ts';

const DOLLAR = 1_000_000;

/** Deposits for those who have little, withdrawals up to what there is, and corrections. */
export function makeMoney(scene: Scene): Command | undefined {
  const { random, shard } = scene;
  const accountId = random.pick(scene.accounts);
  const account = shard.accounts.get(accountId);
  if (account === undefined) return undefined;
  const base = { at: scene.at, accountId };
  if (account.balance < 20 * DOLLAR || random.chance(0.2)) {
    return makeFirstDeposit(scene, accountId);
  }
  const isOpen = account.openPositions > 0;
  const free = isOpen ? equity(account) - account.usedMargin : account.balance;
  if (random.chance(0.6)) {
    const most = Math.max(1, Math.min(free, account.balance));
    const amount = random.pick([most, most + 1, Math.ceil(most / 3), Math.ceil(most * 0.9), account.balance + 1]);
    return { type: 'withdraw', ...base, amount: micros(amount) };
  }
  const amount = isOpen ? amountToLevel(scene, accountId) : random.between(-20 * DOLLAR, 20 * DOLLAR);
  return { type: 'adjust-balance', ...base, amount: micros(amount), reason: 'a correction' };
}

/** From some 30 to 30,000 dollars, and some micros. */
export function firstDeposit({ random }: Scene): Micros {
  return micros(Math.round(10 ** (random.fraction() * 3 + 1.5) * DOLLAR) + random.between(0, 999_999));
}

export function makeFirstDeposit(scene: Scene, accountId: string): Command {
  return { type: 'deposit', at: scene.at, accountId, amount: firstDeposit(scene) };
}

/** What brings the account to one of its margin levels to the micro, or a micro away from it. */
function amountToLevel({ random, shard }: Scene, accountId: string): number {
  const account = shard.accounts.get(accountId);
  if (account === undefined) return 1;
  const { marginCallPercent, marginCallResetPercent, stopOutPercent } = account.profile;
  const percent = random.pick([marginCallPercent, marginCallResetPercent, stopOutPercent]);
  const target =
    Math.floor(account.usedMargin / 100) * percent + Math.floor(((account.usedMargin % 100) * percent) / 100);
  return target - equity(account) + random.pick([0, 0, 1, -1]);
}
