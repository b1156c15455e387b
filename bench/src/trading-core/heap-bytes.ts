/** Bytes of the heap that are reachable. Needs `--expose-gc`. */
export function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  // Twice: what the first round finds unreachable may hold on to more.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
