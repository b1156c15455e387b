import type { Outcome } from '@repo/trading-core';

/** The last commands with what became of them, so that one that comes twice is answered and not carried out again. */
export class RecentCommands {
  readonly #max: number;
  readonly #outcomes = new Map<string, Outcome>();

  constructor(max: number) {
    this.#max = max;
  }

  find(commandId: string): Outcome | undefined {
    return this.#outcomes.get(commandId);
  }

  add(commandId: string, outcome: Outcome): void {
    this.#outcomes.set(commandId, outcome);
    if (this.#outcomes.size <= this.#max) return;
    const [oldest] = this.#outcomes.keys();
    if (oldest !== undefined) this.#outcomes.delete(oldest);
  }
}
