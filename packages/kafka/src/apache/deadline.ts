import { unavailable } from './failures.ts';

/** How long a call may take: the port promises an answer within 2 s. */
export const callMsMax = 1_800;

/** A point of monotonic time by which something must have been answered. */
export class Deadline {
  readonly #at: number;

  constructor(ms: number = callMsMax) {
    this.#at = performance.now() + ms;
  }

  /** What is left, ms; 0 when it has passed. */
  get leftMs(): number {
    return Math.max(0, this.#at - performance.now());
  }

  get passed(): boolean {
    return this.leftMs === 0;
  }

  /** Waits for what somebody else began, with another deadline perhaps. Rejects with `KafkaUnavailableError`. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(unavailable('no Kafka broker answers in time')), this.leftMs);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
