import { Cohort, type FanOut, type Subscriber } from './fan-out.ts';
import { textFrame } from './text-frame.ts';

/** Where a channel's content comes from. */
export interface ChannelSource {
  /** The whole state, of now or as of the last `takeChanges`. */
  state(): readonly unknown[];
  /** What changed since the last call. */
  takeChanges(): readonly unknown[];
}

export interface ChannelOptions {
  readonly name: string;
  readonly source: ChannelSource;
  readonly fanOut: FanOut;
  /** Subscribers served in one go. */
  readonly cohortSize: number;
}

/** A stream of frames with one sequence for all subscribers: a snapshot says where it stands, each update adds one. */
export class Channel {
  readonly name: string;
  readonly #options: ChannelOptions;
  readonly #cohorts = new Set<Cohort>();
  readonly #cohortOf = new Map<Subscriber, Cohort>();
  #sequence = 0;
  /** Kept while nothing changes, so that a crowd that subscribes at once shares it. */
  #snapshot: Buffer | undefined;
  #touched = false;

  constructor(options: ChannelOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get empty(): boolean {
    return this.#cohortOf.size === 0;
  }

  /** Adds a subscriber and sends it a snapshot; one that is there already gets a new one. */
  join(subscriber: Subscriber): void {
    this.settle(subscriber);
    subscriber.deliver(this.snapshot());
  }

  leave(subscriber: Subscriber): void {
    const cohort = this.#cohortOf.get(subscriber);
    if (cohort === undefined) return;
    this.#cohortOf.delete(subscriber);
    cohort.members.delete(subscriber);
    if (cohort.members.size === 0) this.#cohorts.delete(cohort);
  }

  /** Sends a subscriber's cohort what it waits for, so that a snapshot of now can follow. A new one joins after that. */
  settle(subscriber: Subscriber): void {
    const known = this.#cohortOf.get(subscriber);
    const cohort = known ?? this.#roomyCohort();
    this.#options.fanOut.serve(cohort);
    if (known !== undefined) return;
    cohort.members.add(subscriber);
    this.#cohortOf.set(subscriber, cohort);
  }

  /** The source has something new. */
  touch(): void {
    this.#touched = true;
    this.#snapshot = undefined;
  }

  /**
   * The state now, as a frame. It may hold prices that the next update repeats: each is whole, so that taking one twice
   * changes nothing.
   */
  snapshot(): Buffer {
    this.#snapshot ??= this.#frame('snapshot', this.#options.source.state());
    return this.#snapshot;
  }

  /** Frames what changed, once for all subscribers; nothing when nothing did or nobody listens. @returns whether it did. */
  flush(): boolean {
    if (!this.#touched) return false;
    this.#touched = false;
    const changes = this.#options.source.takeChanges();
    if (changes.length === 0 || this.empty) return false;
    this.#sequence += 1;
    this.#snapshot = undefined;
    const frame = this.#frame('update', changes);
    for (const cohort of this.#cohorts) this.#options.fanOut.push(cohort, frame);
    return true;
  }

  #roomyCohort(): Cohort {
    for (const cohort of this.#cohorts) if (cohort.members.size < this.#options.cohortSize) return cohort;
    const cohort = new Cohort();
    this.#cohorts.add(cohort);
    return cohort;
  }

  #frame(type: 'snapshot' | 'update', data: readonly unknown[]): Buffer {
    return textFrame(JSON.stringify({ channel: this.name, type, sequence: this.#sequence, data }));
  }
}
