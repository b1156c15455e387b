import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Exchange } from '../exchange.ts';
import type { PriceClients } from '../price-clients.ts';
import type { RecordedFrame } from '../recorded-quotes.ts';
import type { BenchStack } from './bench-stack.ts';
import { renumbered } from './recording-pieces.ts';

/** What was measured of a broker over all pieces that it was played. */
export class PriceMeasure {
  readonly #histogram: RecordableHistogram = createHistogram();
  readonly #cpuMs = new Map<string, number>();
  #watchedMs = 0;
  frames = 0;
  uncovered = 0;

  /** Plays a piece at its recorded pace. */
  async play(
    stack: BenchStack,
    exchange: Exchange,
    clients: PriceClients,
    piece: readonly RecordedFrame[],
  ): Promise<void> {
    const [before, begunMs] = [await stack.cpuMs(), performance.now()];
    const run = await clients.play(exchange, renumbered(piece), 1);
    const [after, endedMs] = [await stack.cpuMs(), performance.now()];
    this.#histogram.add(run.histogram);
    this.#watchedMs += endedMs - begunMs;
    this.frames += run.frames;
    this.uncovered += run.uncovered;
    for (const [name, cpuMs] of Object.entries(after)) {
      this.#cpuMs.set(name, (this.#cpuMs.get(name) ?? 0) + cpuMs - (before[name] ?? 0));
    }
  }

  /** ms. */
  latency(percent: number): number {
    return this.#histogram.percentile(percent) / 1_000;
  }

  /** Per cent of a core, of the processes whose name begins so. */
  cpu(prefix = ''): number {
    let sum = 0;
    for (const [name, cpuMs] of this.#cpuMs) if (name.startsWith(prefix)) sum += cpuMs;
    return (sum / this.#watchedMs) * 100;
  }
}
