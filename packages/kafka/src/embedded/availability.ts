import { KafkaUnavailableError } from '../port.ts';

/** Whether something answers; a broker and each of its clients has one. Who waits is told of each change. */
export class Availability {
  #reason: string | undefined;
  readonly #listeners = new Set<() => void>();

  get available(): boolean {
    return this.#reason === undefined;
  }

  /** Throws `KafkaUnavailableError` unless it answers. */
  demand(): void {
    if (this.#reason !== undefined) throw new KafkaUnavailableError(this.#reason);
  }

  take(reason: string): void {
    this.#reason = reason;
    for (const listener of this.#listeners) listener();
  }

  restore(): void {
    this.#reason = undefined;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
