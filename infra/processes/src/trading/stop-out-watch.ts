import type { Books } from './books.ts';
import { figuresOf } from './figures.ts';
import type { Finding } from './finding.ts';
import type { PublishedQuote } from './published.ts';
import type { TradeFault } from './trade-journal.ts';
import { STOP_OUT_PERCENT } from './units.ts';

const STOP_OUT_MS_MAX = 1_000;

interface Watched {
  /** What it held: while this is the same, nothing has been closed. */
  readonly state: string;
  /** Below its level at every look since, on live prices; ms of the monotonic clock. */
  readonly sinceMs: number;
}

/**
 * 7: looks at every account again and again, and reports one that has been below its stop-out level, on live prices and
 * with nothing done about it, for more than a second.
 */
export class StopOutWatch {
  readonly findings: Finding[] = [];
  readonly #below = new Map<string, Watched>();

  /**
   * @param books read before `nowMs`.
   * @param quotes the newest published until the books were read.
   */
  look(
    books: Pick<Books, 'accounts' | 'positions'>,
    quotes: ReadonlyMap<string, PublishedQuote>,
    options: { readonly nowMs: number; readonly faults: readonly TradeFault[]; readonly isDisturbed?: boolean },
  ): void {
    const { nowMs, faults } = options;
    const open = Map.groupBy(
      books.positions.filter(({ quantity }) => quantity > 0n),
      ({ account }) => account,
    );
    for (const account of books.accounts) {
      const positions = open.get(account.id) ?? [];
      const isLive = positions.every(({ asset }) => quotes.get(asset)?.status === 'live');
      const { equity, usedMargin } = figuresOf(account, positions, (asset) => quotes.get(asset));
      const isBelow = positions.length > 0 && isLive && equity * 100n <= usedMargin * STOP_OUT_PERCENT;
      const before = this.#below.get(account.id);
      if (!isBelow || options.isDisturbed === true) {
        this.#below.delete(account.id);
        continue;
      }
      const state = positions.map(({ id, quantity }) => `${id}:${quantity}`).join(' ');
      const since = before?.state === state ? before : { state, sinceMs: nowMs };
      this.#below.set(account.id, since);
      const wasDisturbed = faults.some(({ recoveredAtMs }) => recoveredAtMs > since.sinceMs - STOP_OUT_MS_MAX);
      if (nowMs - since.sinceMs > STOP_OUT_MS_MAX && !wasDisturbed) {
        const what = `${account.id} is below its stop-out level for ${Math.round(nowMs - since.sinceMs)} ms`;
        this.findings.push({ invariant: 7, what, rows: { equity, usedMargin, positions } });
        this.#below.delete(account.id);
      }
    }
  }
}
