/**
 * The median of the newest values, at most `capacity` of them. A value costs a binary search and a move of a few
 * hundred bytes: nothing is sorted per quote.
 */
export class RollingMedian {
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  readonly #sorted: Float64Array;
  #oldest = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** `undefined` when empty; the lower of the two in the middle when the count is even. */
  get median(): number | undefined {
    return this.#size === 0 ? undefined : this.#sorted[(this.#size - 1) >> 1];
  }

  /** Adds a finite value seen at `atMs`; the oldest leaves when there is no room. */
  push(value: number, atMs: number): void {
    if (this.#size === this.#values.length) this.#removeOldest();
    const slot = (this.#oldest + this.#size) % this.#values.length;
    this.#values[slot] = value;
    this.#times[slot] = atMs;
    const position = this.#positionOf(value);
    this.#sorted.copyWithin(position + 1, position, this.#size);
    this.#sorted[position] = value;
    this.#size += 1;
  }

  /** Forgets what was seen before `atMs`. */
  expire(atMs: number): void {
    while (this.#size > 0 && (this.#times[this.#oldest] as number) < atMs) this.#removeOldest();
  }

  clear(): void {
    this.#size = 0;
  }

  #removeOldest(): void {
    const position = this.#positionOf(this.#values[this.#oldest] as number);
    this.#sorted.copyWithin(position, position + 1, this.#size);
    this.#oldest = (this.#oldest + 1) % this.#values.length;
    this.#size -= 1;
  }

  /** Where `value` stands, or would stand, among the sorted ones: the first that is not smaller. */
  #positionOf(value: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
