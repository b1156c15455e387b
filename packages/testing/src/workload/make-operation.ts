import { type AccountMode, type Command, micros, type TradingState } from '@repo/trading-core';
import { firstDeposit } from './make-money.ts';
import type { Scene } from './scene.ts';

const DAY_MS = 86_400_000;

/** What the operator does, and the clock. */
export function makeOperation(scene: Scene): Command {
  const { random, at } = scene;
  const way = random.weighted({ halt: 12, resume: 60, time: 30, midnight: 14, days: 2, terms: 3 });
  switch (way) {
    case 'halt': {
      const state: TradingState = random.chance(0.5) ? 'halted' : 'reducing';
      const asset = random.chance(0.15) ? null : random.pick(scene.instruments).terms.asset;
      return { type: 'set-trading-state', at, asset, state };
    }
    case 'resume':
      return { type: 'set-trading-state', at, asset: stoppedAsset(scene), state: 'active' };
    case 'time':
      return { type: 'advance-time', at };
    case 'midnight':
      scene.at = (Math.floor(at / DAY_MS) + 1) * DAY_MS + random.pick([0, 0, 1, 3_600_000]);
      return { type: 'advance-time', at: scene.at };
    case 'days':
      scene.at = at + random.between(1, 4) * DAY_MS;
      return { type: 'advance-time', at: scene.at };
    case 'terms': {
      const { terms } = random.pick(scene.instruments);
      const listed = scene.shard.markets.get(terms.asset)?.terms ?? terms;
      const swapLongPpm = listed.swapLongPpm + random.between(-10, 10);
      return {
        type: 'list-instrument',
        at,
        terms: { ...listed, swapLongPpm, commissionMin: micros(terms.commissionMin) },
      };
    }
  }
}

function stoppedAsset({ random, shard }: Scene): string | null {
  if (shard.tradingState !== 'active') return null;
  const stopped = [...shard.markets.values()].filter((market) => market.tradingState !== 'active');
  return stopped.length === 0 ? null : random.pick(stopped).terms.asset;
}

/** An account of its own profile and mode, with money or without. */
export function makeAccount(scene: Scene): Command {
  const { random, at } = scene;
  const mode: AccountMode = random.chance(0.35) ? 'netting' : 'hedging';
  const profile = random.pick([...scene.shard.profiles.keys()]);
  const first = random.chance(0.5) ? {} : { deposit: firstDeposit(scene) };
  return { type: 'open-account', at, accountId: accountIdOf(scene.accounts.length + 1), mode, profile, ...first };
}

/** In the form that the book of record keeps. */
function accountIdOf(ordinal: number): string {
  return `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
}
