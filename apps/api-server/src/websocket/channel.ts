import { Cohort, type FanOut, type Subscriber } from './fan-out.ts';
import { textFrame } from './text-frame.ts';

/** Where a channel's content comes from. */
export interface ChannelSource {
  /** The whole state now, with nothing to take; `undefined` while there is none. */
  state(): unknown;
  /** What changed since the last call; `undefined` when nothing did. */
  takeChanges(): unknown;
}

export interface ChannelOptions {
  readonly name: string;
  readonly source: ChannelSource;
  readonly fanOut: FanOut;
  /** Told of each update frame. */
  readonly onFrame: () => void;
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

  /**
   * Adds a subscriber and sends it a snapshot; one that is there already gets a new one. While the source has no state,
   * the snapshot comes with `restart`.
   */
  join(subscriber: Subscriber): void {
    this.settle(subscriber);
    this.deliverSnapshot(subscriber);
  }

  leave(subscriber: Subscriber): void {
    const cohort = this.#cohortOf.get(subscriber);
    if (cohort === undefined) return;
    this.#cohortOf.delete(subscriber);
    cohort.members.delete(subscriber);
    if (cohort.members.size === 0) this.#cohorts.delete(cohort);
  }

  /**
   * Sends a subscriber's cohort what it waits for and what has changed, so that a snapshot of now can follow, and no
   * update that it contains already. A new one joins after that.
   */
  settle(subscriber: Subscriber): void {
    this.flush();
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

  /** Sends the state now, to one who has settled. */
  deliverSnapshot(subscriber: Subscriber): void {
    const snapshot = this.#stateFrame();
    if (snapshot !== undefined) subscriber.deliver(snapshot, this.name);
  }

  /** The source's state was made anew, whatever it told before: everybody gets a snapshot. */
  restart(): void {
    this.#touched = false;
    this.#snapshot = undefined;
    this.#options.source.takeChanges();
    const snapshot = this.#stateFrame();
    if (snapshot !== undefined) this.#push(snapshot);
  }

  /** Frames what changed, once for all subscribers; nothing when nothing did or nobody listens. */
  flush(): void {
    if (!this.#touched) return;
    this.#touched = false;
    const changes = this.#options.source.takeChanges();
    if (changes === undefined || this.empty) return;
    this.#sequence += 1;
    this.#snapshot = undefined;
    this.#options.onFrame();
    this.#push(this.#frame('update', changes));
  }

  #push(frame: Buffer): void {
    for (const cohort of this.#cohorts) this.#options.fanOut.push(cohort, frame);
  }

  #stateFrame(): Buffer | undefined {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const state = this.#options.source.state();
    this.#snapshot = state === undefined ? undefined : this.#frame('snapshot', state);
    return this.#snapshot;
  }

  #roomyCohort(): Cohort {
    for (const cohort of this.#cohorts) if (cohort.members.size < this.#options.cohortSize) return cohort;
    const cohort = new Cohort(this.name);
    this.#cohorts.add(cohort);
    return cohort;
  }

  #frame(type: 'snapshot' | 'update', data: unknown): Buffer {
    return textFrame(JSON.stringify({ channel: this.name, type, sequence: this.#sequence, data }));
  }
}
