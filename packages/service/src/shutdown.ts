import type { Logger } from './logger.ts';

interface Step {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

const STEP_TIMEOUT_MS = 10_000;

/** Stops things in the reverse of the order in which they started, each with a bound on its time. */
export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #logger: Logger;
  #running: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Call right after `name` has started. */
  add(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  get started(): boolean {
    return this.#running !== undefined;
  }

  /** The second call waits for the first. A step that fails or hangs is logged and passed. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`still running after ${STEP_TIMEOUT_MS} ms`)), STEP_TIMEOUT_MS);
      });
      try {
        await Promise.race([step.stop(), late]);
        this.#logger.debug({ step: step.name }, 'stopped');
      } catch (error) {
        this.#logger.error({ err: error, step: step.name }, 'did not stop cleanly');
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
