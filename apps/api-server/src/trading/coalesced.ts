/**
 * Answers questions many at a time: those of the same turn of the event loop, and all that come while a load is under
 * way, go as one.
 */
export class Coalesced<Key, Value> {
  readonly #load: (keys: readonly Key[]) => Promise<readonly Value[]>;
  readonly #max: number;
  #asked: { readonly key: Key; readonly resolve: (value: Value) => void; readonly reject: (error: unknown) => void }[] =
    [];
  #isRunning = false;

  /**
   * @param load answers in the order of the keys.
   * @param max keys of one load.
   */
  constructor(load: (keys: readonly Key[]) => Promise<readonly Value[]>, max: number) {
    this.#load = load;
    this.#max = max;
  }

  /** Rejects with whatever the load rejected with, or the one that it waited for. */
  ask(key: Key): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ key, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#asked.length > 0) {
      const batch = this.#asked.splice(0, this.#max);
      try {
        const values = await this.#load(batch.map(({ key }) => key));
        for (const [index, { resolve }] of batch.entries()) resolve(values[index] as Value);
      } catch (error) {
        // Whoever came meanwhile would wait as long for the same.
        for (const { reject } of [...batch, ...this.#asked.splice(0)]) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
