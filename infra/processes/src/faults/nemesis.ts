import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Fault } from './fault.ts';
import type { Journal } from './journal.ts';
import type { MailReader } from './mail-reader.ts';
import { measureRecovery, RECOVERY_MS_MAX, type Recovery } from './recovery.ts';

/** Between two faults: so long everything has to work. */
const QUIET_MS = 300;

export interface RecoveryRow extends Partial<Recovery> {
  readonly fault: string;
  /** What did not recover. */
  readonly failure?: string;
}

/** Does one fault after another, and measures how long it takes until nothing is felt of it. */
export class Nemesis {
  readonly rows: RecoveryRow[] = [];
  readonly #cluster: Cluster;
  readonly #journal: Journal;
  readonly #mails: MailReader;

  constructor(cluster: Cluster, journal: Journal, mails: MailReader) {
    this.#cluster = cluster;
    this.#journal = journal;
    this.#mails = mails;
  }

  /**
   * Resolves when everything works again.
   *
   * @throws Error when it does not within 30 s.
   */
  async inflict(fault: Fault, signal?: AbortSignal): Promise<Recovery> {
    const { name, away, disturbs, breaks, losesCache, lastsMs } = fault;
    await delay(QUIET_MS);
    this.#journal.faultBegins(name);
    const begunAtMs = performance.now();
    const { ends, heal } = await fault.inflict(this.#cluster);
    const inEffectAtMs = performance.now();
    if (lastsMs > 0) await delay(lastsMs, undefined, signal && { signal }).catch(() => undefined);
    const healingAtMs = performance.now();
    await heal?.();
    const healedAtMs = heal === undefined ? begunAtMs : performance.now();
    const window = { fault: name, away, disturbs, breaks, losesCache, ends, begunAtMs, inEffectAtMs, healingAtMs };
    try {
      const recovery = await measureRecovery({
        cluster: this.#cluster,
        journal: this.#journal,
        mails: this.#mails,
        healedAtMs,
        name: `recovery-${this.rows.length + 1}`,
      });
      this.#journal.faultEnded({ ...window, recoveredAtMs: performance.now() });
      this.rows.push({ fault: name, ...recovery });
      return recovery;
    } catch (error) {
      this.#journal.faultEnded({ ...window, recoveredAtMs: healedAtMs + RECOVERY_MS_MAX });
      const failure = (error as Error).message;
      this.rows.push({ fault: name, failure });
      throw new Error(`${name}: ${failure}`, { cause: error });
    }
  }
}
