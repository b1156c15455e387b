/** Refused at the gate: as many are at work and waiting as may be. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

export interface GateOptions {
  /** Most tasks at work at once. */
  readonly concurrencyMax: number;
  /** Most tasks waiting; one more is refused. */
  readonly queueMax: number;
}

/** Lets a bounded number of tasks run and wait, first come first served, and refuses the rest at once. */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws GateFullError without running the task. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.concurrencyMax) {
      if (this.#waiting.length >= this.#options.queueMax) throw new GateFullError('too many tasks at the gate');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await task();
    } finally {
      // The place passes straight to the next in line, so nobody can slip in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
