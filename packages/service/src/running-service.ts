import type { Registry } from 'prom-client';
import type { Health } from './health.ts';

/** A started service, whatever profile it runs in. */
export interface RunningService {
  readonly name: string;
  readonly health: Health;
  readonly metrics: Registry;
  /** Stops taking work, finishes what is in hand, lets go of what it holds. Safe to call twice. */
  stop(): Promise<void>;
}
