/**
 * Runs a task for each item: items of one key one after the other, in their order, different keys side by side. Waits
 * for all of them, also when some fail; a key whose task failed does not go on.
 *
 * @returns what was thrown, in no particular order.
 */
export async function runInKeyOrder<T>(
  items: readonly T[],
  options: { readonly keyOf: (item: T) => string; readonly concurrencyMax: number },
  task: (item: T) => Promise<void>,
): Promise<readonly unknown[]> {
  const queues = Map.groupBy(items, options.keyOf).values();
  const errors: unknown[] = [];
  // The workers share one iterator: each takes the next key that nobody has.
  async function work(): Promise<void> {
    for (const queue of queues) {
      try {
        for (const item of queue) await task(item);
      } catch (error) {
        errors.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrencyMax }, work));
  return errors;
}
