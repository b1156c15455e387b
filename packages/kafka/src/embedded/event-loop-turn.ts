const heldMsMax = 5;

/**
 * Records travel in microtasks, so a busy producer and its consumers could keep timers and sockets waiting for ever.
 * After 5 ms everyone who asks waits for one turn of the event loop.
 */
export class EventLoopTurn {
  #lastMs = performance.now();
  #turn: Promise<void> | undefined;

  /** The turn to wait for; undefined when none is due. */
  due(): Promise<void> | undefined {
    if (this.#turn === undefined && performance.now() - this.#lastMs > heldMsMax) {
      this.#turn = new Promise((resolve) => {
        setImmediate(() => {
          this.#turn = undefined;
          this.#lastMs = performance.now();
          resolve();
        });
      });
    }
    return this.#turn;
  }
}
