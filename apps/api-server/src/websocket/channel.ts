import { textFrame } from './text-frame.ts';

/** Where a channel's content comes from. */
export interface ChannelSource {
  /** The whole state, of now or as of the last `takeChanges`. */
  state(): readonly unknown[];
  /** What changed since the last call. */
  takeChanges(): readonly unknown[];
}

export interface Subscriber {
  /** Whether the frame was written. */
  deliver(frame: Buffer): boolean;
}

export interface Flushed {
  readonly deliveries: number;
  readonly skipped: number;
}

/** A stream of frames with one sequence for all subscribers: a snapshot says where it stands, each update adds one. */
export class Channel {
  readonly name: string;
  readonly subscribers = new Set<Subscriber>();
  readonly #source: ChannelSource;
  #sequence = 0;
  /** Kept while nothing changes, so that a crowd that subscribes at once shares it. */
  #snapshot: Buffer | undefined;
  #touched = false;

  constructor(name: string, source: ChannelSource) {
    this.name = name;
    this.#source = source;
  }

  /** The source has something new. */
  touch(): void {
    this.#touched = true;
    this.#snapshot = undefined;
  }

  /**
   * The state now, as a frame. It may hold changes that the next update repeats: each is a whole price or candle, so
   * that taking one twice changes nothing.
   */
  snapshot(): Buffer {
    this.#snapshot ??= this.#frame('snapshot', this.#source.state());
    return this.#snapshot;
  }

  /** Sends what changed to every subscriber as one frame, built once; nothing when nothing did or nobody listens. */
  flush(): Flushed | undefined {
    if (!this.#touched) return undefined;
    this.#touched = false;
    const changes = this.#source.takeChanges();
    if (changes.length === 0 || this.subscribers.size === 0) return undefined;
    this.#sequence += 1;
    this.#snapshot = undefined;
    const frame = this.#frame('update', changes);
    let deliveries = 0;
    for (const subscriber of this.subscribers) if (subscriber.deliver(frame)) deliveries += 1;
    return { deliveries, skipped: this.subscribers.size - deliveries };
  }

  #frame(type: 'snapshot' | 'update', data: readonly unknown[]): Buffer {
    return textFrame(JSON.stringify({ channel: this.name, type, sequence: this.#sequence, data }));
  }
}
