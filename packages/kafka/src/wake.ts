/**
 * Wakes one waiting loop in the next microtask. A wake without a waiter is kept for the next `wait`; a loop may wake
 * for nothing and looks again.
 */
export class Wake {
  #kept = false;
  #resolve: (() => void) | undefined;

  readonly wake = (): void => {
    if (this.#resolve === undefined) {
      this.#kept = true;
      return;
    }
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve();
  };

  readonly wait = (): Promise<void> => {
    if (this.#kept) {
      this.#kept = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  };
}
