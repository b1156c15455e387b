import type { Cluster } from './cluster.ts';
import type { FaultWindow } from './fault-window.ts';

/** Something that goes wrong, and how it is put right. */
export interface Fault extends Pick<FaultWindow, 'away' | 'disturbs' | 'breaks' | 'losesCache'> {
  /** What stands in the table of recovery times. */
  readonly name: string;
  /** How long it lasts, ms; 0 for what is over as it happens. */
  readonly lastsMs: number;
  /** Does it. Resolves when it is in effect. */
  inflict(cluster: Cluster): Promise<Inflicted>;
}

export interface Inflicted {
  /** The processes that ended by it. */
  readonly ends: readonly string[];
  /** Puts it right; absent where that is nobody's work. */
  readonly heal?: () => Promise<void>;
}

/** The parts that most faults have in common. */
export const harmless: Pick<Fault, 'away' | 'disturbs' | 'breaks' | 'losesCache' | 'lastsMs'> = {
  away: [],
  disturbs: [],
  breaks: [],
  losesCache: false,
  lastsMs: 0,
};
