import type { WebSocketMetrics } from './websocket-metrics.ts';

export interface Subscriber {
  /** Writes bytes, one or more whole frames of a channel. @returns whether they were written. */
  deliver(bytes: Buffer, channel: string): boolean;
}

/** Some subscribers of a channel, served together, and the frames they have yet to get. */
export class Cohort {
  readonly channel: string;
  readonly members = new Set<Subscriber>();
  pending: Buffer[] = [];

  constructor(channel: string) {
    this.channel = channel;
  }
}

/**
 * Writes frames to subscribers, one cohort after another, and lets the process do other things in between. Writing to a
 * thousand sockets takes milliseconds: a quote that arrives meanwhile is framed at once and goes out with the next
 * cohort, together with what that cohort still waits for, in the same write. So the wait is one round at most, not two,
 * and nothing else waits for longer than one cohort.
 */
export class FanOut {
  readonly #metrics: WebSocketMetrics;
  readonly #turnSize: number;
  readonly #queue = new Set<Cohort>();
  #next: NodeJS.Immediate | undefined;

  /** `turnSize`: deliveries before other things get their turn. */
  constructor(turnSize: number, metrics: WebSocketMetrics) {
    this.#turnSize = turnSize;
    this.#metrics = metrics;
  }

  push(cohort: Cohort, frame: Buffer): void {
    cohort.pending.push(frame);
    this.#queue.add(cohort);
  }

  /** Begins to serve what waits, unless that is under way. */
  run(): void {
    if (this.#next === undefined) this.#turn();
  }

  /** Serves a cohort out of turn. */
  serve(cohort: Cohort): void {
    this.#queue.delete(cohort);
    const frames = cohort.pending;
    const [first] = frames;
    if (first === undefined) return;
    cohort.pending = [];
    const bytes = frames.length === 1 ? first : Buffer.concat(frames);
    let deliveries = 0;
    for (const member of cohort.members) if (member.deliver(bytes, cohort.channel)) deliveries += 1;
    this.#metrics.deliveries.inc(deliveries * frames.length);
    this.#metrics.skippedDeliveries.inc((cohort.members.size - deliveries) * frames.length);
  }

  close(): void {
    clearImmediate(this.#next);
    this.#queue.clear();
  }

  readonly #turn = (): void => {
    this.#next = undefined;
    let deliveries = 0;
    for (const cohort of this.#queue) {
      if (deliveries >= this.#turnSize) {
        this.#next = setImmediate(this.#turn);
        return;
      }
      deliveries += cohort.members.size;
      this.serve(cohort);
    }
  };
}
