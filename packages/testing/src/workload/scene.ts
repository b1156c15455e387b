import type { Quote, Shard } from '@repo/trading-core';
import type { WorkloadInstrument } from './instruments.ts';
import type { Mood } from './mood.ts';
import type { OpenItems } from './open-items.ts';
import type { Prng } from './prng.ts';

/** What the next input is made from. */
export interface Scene {
  readonly random: Prng;
  readonly shard: Shard;
  readonly open: OpenItems;
  readonly instruments: readonly WorkloadInstrument[];
  /** Ids of the accounts that exist. */
  readonly accounts: string[];
  /** The newest quotes that were taken. */
  readonly quotes: Map<string, Quote>;
  mood: Mood;
  /** The moment, ms since the epoch. */
  at: number;
  /** Numbers what needs a name of its own. */
  serial: number;
}
