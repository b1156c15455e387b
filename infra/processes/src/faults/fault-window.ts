/** What a fault takes away, as an api-server sees it. */
export type Dependency = 'log' | 'cache' | 'database' | 'mail' | 'user-store' | 'feed';

/** A fault as the harness did it. Times are ms of the journal's clock. */
export interface FaultWindow {
  readonly fault: string;
  /** Nothing of this can be had between `inEffectAtMs` and `healingAtMs`. */
  readonly away: readonly Dependency[];
  /** Requests that use one of these may fail, until everything works again. */
  readonly disturbs: readonly Dependency[];
  /** Every request at these api-servers may fail, with or without an answer. */
  readonly breaks: readonly string[];
  /** The processes that end by it. */
  readonly ends: readonly string[];
  /** What was kept in the cache is gone by its end. */
  readonly losesCache: boolean;
  readonly begunAtMs: number;
  readonly inEffectAtMs: number;
  readonly healingAtMs: number;
  /** Everything works again; the latest possible time while it does not. */
  readonly recoveredAtMs: number;
}

export function overlaps(
  one: { readonly begunAtMs: number; readonly endedAtMs: number },
  window: Pick<FaultWindow, 'begunAtMs' | 'recoveredAtMs'>,
): boolean {
  return one.begunAtMs <= window.recoveredAtMs && one.endedAtMs >= window.begunAtMs;
}
