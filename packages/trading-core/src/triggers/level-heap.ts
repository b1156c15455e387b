interface Ranked {
  /** Decides between equal levels: the lower, older one comes first. */
  readonly id: number;
}

/**
 * Items by the price level that sets them off, the level that a moving price meets first on top: a binary heap whose
 * items know their slot, so that removing one costs O(log n) and leaves nothing behind.
 */
export class LevelHeap<Item extends Ranked> {
  /** +1: set off by a price that rises to the level; −1: by one that falls to it. */
  readonly #sign: 1 | -1;
  readonly #keys: number[] = [];
  readonly #items: Item[] = [];
  readonly #setSlot: (item: Item, slot: number) => void;
  /** Sign × the first level, so that looking at an untouched heap is one comparison. */
  #firstKey = Number.POSITIVE_INFINITY;

  /** @param setSlot told the slot of an item whenever it changes; −1 when the item has left. */
  constructor(direction: 'rises' | 'falls', setSlot: (item: Item, slot: number) => void) {
    this.#sign = direction === 'rises' ? 1 : -1;
    this.#setSlot = setSlot;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Whether `price` has reached the first level. A price equal to the level has. */
  isReachedBy(price: number): boolean {
    return this.#sign * price >= this.#firstKey;
  }

  /** The item whose level comes first. */
  first(): Item | undefined {
    return this.#items[0];
  }

  firstLevel(): number | undefined {
    return this.#items.length === 0 ? undefined : this.levelAt(0);
  }

  /** @param slot as told to `setSlot`. */
  levelAt(slot: number): number {
    return this.#sign * (this.#keys[slot] as number) + 0;
  }

  insert(item: Item, level: number): void {
    const slot = this.#items.length;
    this.#items.push(item);
    this.#keys.push(this.#sign * level);
    this.#rise(slot);
    this.#firstKey = this.#keys[0] as number;
  }

  /** Gives the item at `slot` another level. */
  move(slot: number, level: number): void {
    this.#keys[slot] = this.#sign * level;
    this.#settle(slot);
    this.#firstKey = this.#keys[0] as number;
  }

  /** @param slot as told to `setSlot`. */
  remove(slot: number): void {
    const removed = this.#items[slot] as Item;
    const item = this.#items.pop() as Item;
    const key = this.#keys.pop() as number;
    if (slot < this.#items.length) {
      this.#items[slot] = item;
      this.#keys[slot] = key;
      this.#settle(slot);
    }
    this.#setSlot(removed, -1);
    this.#firstKey = this.#keys.length === 0 ? Number.POSITIVE_INFINITY : (this.#keys[0] as number);
  }

  /** Every item, in no order worth relying on. */
  items(): readonly Item[] {
    return this.#items;
  }

  #settle(slot: number): void {
    const item = this.#items[slot] as Item;
    this.#rise(slot);
    if (this.#items[slot] === item) this.#sink(slot);
  }

  #rise(slot: number): void {
    const item = this.#items[slot] as Item;
    const key = this.#keys[slot] as number;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#comesBefore(key, item, parent)) break;
      this.#put(slot, this.#items[parent] as Item, this.#keys[parent] as number);
      slot = parent;
    }
    this.#put(slot, item, key);
  }

  #sink(start: number): void {
    let slot = start;
    const size = this.#items.length;
    const item = this.#items[slot] as Item;
    const key = this.#keys[slot] as number;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#comesBefore(this.#keys[right] as number, this.#items[right] as Item, child)) {
        child = right;
      }
      if (this.#comesBefore(key, item, child)) break;
      this.#put(slot, this.#items[child] as Item, this.#keys[child] as number);
      slot = child;
    }
    this.#put(slot, item, key);
  }

  #comesBefore(key: number, item: Item, slot: number): boolean {
    const other = this.#keys[slot] as number;
    return key < other || (key === other && item.id < (this.#items[slot] as Item).id);
  }

  #put(slot: number, item: Item, key: number): void {
    this.#items[slot] = item;
    this.#keys[slot] = key;
    this.#setSlot(item, slot);
  }
}
