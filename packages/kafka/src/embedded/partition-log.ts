import type { KafkaMessage, KafkaRecord } from '../port.ts';

export interface Retention {
  /** Most records kept in a partition. */
  readonly recordsMax: number;
  /** Most bytes (UTF-8 of keys, values and headers) kept in a partition. */
  readonly bytesMax: number;
}

interface StoredRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: number;
  readonly bytes: number;
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** One partition in memory: appends at the end, forgets from the beginning. */
export class PartitionLog {
  readonly #topic: string;
  readonly #partition: number;
  readonly #retention: Retention;
  /** Records before `#head` are gone; they are cut off once they are half of the array. */
  #records: (StoredRecord | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #endOffset = 0;
  readonly #listeners = new Set<() => void>();

  constructor(topic: string, partition: number, retention: Retention) {
    this.#topic = topic;
    this.#partition = partition;
    this.#retention = retention;
  }

  /** The oldest record kept. */
  get firstOffset(): number {
    return this.#endOffset - (this.#records.length - this.#head);
  }

  /** The offset after the newest record. */
  get endOffset(): number {
    return this.#endOffset;
  }

  append(message: KafkaMessage, bytes: number, timestamp: number): void {
    this.#records.push({
      key: message.key,
      value: message.value,
      headers: message.headers === undefined ? noHeaders : Object.freeze({ ...message.headers }),
      timestamp,
      bytes,
    });
    this.#bytes += bytes;
    this.#endOffset += 1;
    this.#forget();
    for (const listener of this.#listeners) listener();
  }

  /** At most `recordsMax` records from `offset` on, or from the oldest kept when that one is gone. */
  read(offset: number, recordsMax: number): KafkaRecord[] {
    const first = this.firstOffset;
    const start = Math.max(offset, first);
    const end = Math.min(this.#endOffset, start + recordsMax);
    const records: KafkaRecord[] = [];
    for (let at = start; at < end; at += 1) {
      const stored = this.#records[this.#head + at - first] as StoredRecord;
      records.push({
        topic: this.#topic,
        partition: this.#partition,
        offset: at,
        key: stored.key,
        value: stored.value,
        headers: stored.headers,
        timestamp: stored.timestamp,
      });
    }
    return records;
  }

  /** Calls `listener` after each append, until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forget(): void {
    while (this.#records.length - this.#head > this.#retention.recordsMax || this.#bytes > this.#retention.bytesMax) {
      this.#bytes -= (this.#records[this.#head] as StoredRecord).bytes;
      this.#records[this.#head] = undefined;
      this.#head += 1;
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}
