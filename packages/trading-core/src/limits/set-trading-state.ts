import type { SetTradingState } from '../command.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Halts, restricts or resumes trading. What a halt has held back is set off by the next quote. */
export function setTradingState(decision: Decision, { asset, state }: SetTradingState): Refused | undefined {
  const { shard, at } = decision;
  if (asset !== null && !shard.markets.has(asset)) return refuse('unknown-instrument', { asset });
  emit(decision, { type: 'trading-state-changed', sequence: nextSequence(decision), at, asset, state });
  return undefined;
}
