/** A position in the numbering of one subscription. */
interface UpdateId {
  /** Names the subscription: another one may number anew. */
  readonly epoch: string;
  readonly id: bigint;
}

/** Refuses what a subscription has already said: an id that does not rise. It may skip. */
export class UpdateIdGuard {
  #last: UpdateId | undefined;

  accepts(next: UpdateId): boolean {
    if (this.#last?.epoch === next.epoch && next.id <= this.#last.id) return false;
    this.#last = next;
    return true;
  }
}
