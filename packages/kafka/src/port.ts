/** A message as the log holds it. Values are JSON text; the typed layer is in publisher.ts and topic-consumer.ts. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  /** Position in the partition; rises by one a record. */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** When the log took it, ms since the epoch. */
  readonly timestamp: number;
}

export interface KafkaMessage {
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SendOptions {
  /**
   * Called each time the records are about to be written, with nothing in between, not even a pause of the process.
   * What it throws rejects the send, and nothing more of it is written: for who may write only while nobody else does.
   */
  readonly beforeWrite?: () => void;
}

export interface TopicSpec {
  readonly name: string;
  /** Fixed when the topic is created. */
  readonly partitions: number;
}

export interface ConsumeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a group without a stored offset begins. */
  readonly from: 'earliest' | 'latest';
  /**
   * Least time between two batches of a partition, ms; records that arrive meanwhile join the next batch. 0 hands
   * them over at once.
   */
  readonly batchIntervalMs?: number;
  /** Most records in a batch; 500 unless told. */
  readonly batchSizeMax?: number;
  /**
   * Takes a batch: records of one partition, in offset order. Partitions run concurrently, the batches of one never.
   * When it resolves the offset moves on; when it rejects the same records come again after a backoff (with full
   * jitter, 50 ms doubling to 5 s) and that partition waits. At-least-once: after a crash or a rebalance records may
   * come again, so handlers are idempotent. The signal aborts when the partition is to move or the consumer to close:
   * that waits for the batch in hand, and a handler that waits for something may give up by rejecting.
   */
  readonly onBatch: (records: readonly KafkaRecord[], signal: AbortSignal) => Promise<void>;
  /** Told of each rejection of `onBatch`, before the backoff; `attempt` counts from 1. */
  readonly onFailure?: (error: unknown, attempt: number) => void;
}

export interface Consumer {
  /**
   * Resolves when the group has given this member its partitions and it reads, or when it is closed before that;
   * rejects with `UnknownTopicError` when a topic is missing.
   */
  readonly ready: Promise<void>;
  /** Records not yet handled, per topic and partition assigned here. */
  lag(): Promise<readonly { topic: string; partition: number; lag: number }[]>;
  /** Finishes the batches in hand, stores their offsets, leaves the group. */
  close(): Promise<void>;
}

export interface ReadOptions {
  readonly topic: string;
  readonly partition: number;
  /**
   * First offset to read; one that retention has removed moves to the oldest kept, one beyond the end is refused with
   * a `RangeError`.
   */
  readonly offset: number;
  readonly signal: AbortSignal;
}

/**
 * The message log. Every method rejects with `KafkaUnavailableError` within 2 s when the brokers are away.
 * Both adapters pass the suite in contract.ts.
 */
export interface Kafka {
  /** Creates the topics that are missing; leaves the others as they are. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** Appends; resolves when the log has them. The same key always goes to the same partition, in order. */
  send(topic: string, messages: readonly KafkaMessage[], options?: SendOptions): Promise<void>;
  /** Joins a consumer group. */
  consume(options: ConsumeOptions): Consumer;
  /** Reads one partition from an explicit offset, without a group; ends when the signal aborts, never by itself. */
  read(options: ReadOptions): AsyncIterable<readonly KafkaRecord[]>;
  /** The offset after the newest record of each partition. */
  endOffsets(topic: string): Promise<readonly number[]>;
  /** Identifies this incarnation of the topic: offsets stored under another id are void. */
  topicId(topic: string): Promise<string>;
  /** Resolves when the brokers answer. */
  ping(): Promise<void>;
  /** Closes the consumers, then ends the reads and refuses every call with `KafkaUnavailableError`. */
  close(): Promise<void>;
}

/** The brokers are away or did not answer in time. It may pass: retry. */
export class KafkaUnavailableError extends Error {
  override readonly name = 'KafkaUnavailableError';
}

/** The topic was never created with `ensureTopics`, or has no such partition. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError';
}
