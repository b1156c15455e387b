import { context } from '@opentelemetry/api';
import type { TopicName } from '@repo/schemas';
import { backoffMs, sleep } from './backoff.ts';
import { contextOf } from './message-trace.ts';
import { parseMessage, type Received } from './parse-message.ts';
import { type Kafka, type KafkaRecord, KafkaUnavailableError, UnknownTopicError } from './port.ts';

export interface FollowOptions<T extends TopicName> {
  readonly topic: T;
  /** Says, by what is cheap to look at, which records are worth parsing; the others are passed. All unless told. */
  readonly wants?: (record: KafkaRecord) => boolean;
  /** Takes messages of one partition in order, at once and without waiting. What it throws is a bug and surfaces. */
  readonly onMessages: (messages: readonly Received<T>[]) => void;
  /** Told of each record that does not parse, in the context of the request that sent it; it is passed. */
  readonly onInvalid?: (record: KafkaRecord, reason: string) => void;
  /**
   * Told before the records that follow: some of this partition were never seen here and never will be. The log was
   * made anew, or cut off, or its retention passed this follower.
   */
  readonly onLost?: (partition: number) => void;
}

export interface TopicFollower {
  /** Resolves when whatever is sent from now on will arrive; rejects with `UnknownTopicError`. */
  readonly ready: Promise<void>;
  /** Records not yet delivered, per partition; rejects with `KafkaUnavailableError`. */
  lag(): Promise<readonly { topic: string; partition: number; lag: number }[]>;
  /** Resolves when nothing more will arrive. */
  close(): Promise<void>;
}

/**
 * Broadcast: reads all partitions of a topic from their ends, without a group, so that every caller gets every
 * message. Brokers that go away are asked again until they are back; it goes on where it was.
 */
export function followTopic<T extends TopicName>(kafka: Kafka, options: FollowOptions<T>): TopicFollower {
  const { topic } = options;
  const closing = new AbortController();
  const { signal } = closing;
  /** The next offset of each partition. */
  const positions = new Map<number, number>();

  /** Asks until the brokers answer; undefined when closed before. */
  async function begin(): Promise<{ id: string; ends: readonly number[] } | undefined> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const start = await unlessAway(Promise.all([kafka.topicId(topic), kafka.endOffsets(topic)]));
      if (start !== undefined) return { id: start[0], ends: start[1] };
      await sleep(backoffMs(attempt), signal);
    }
    return undefined;
  }

  function deliver(records: readonly KafkaRecord[]): void {
    const received: Received<T>[] = [];
    for (const record of records) {
      if (options.wants?.(record) === false) continue;
      const parsed = parseMessage(topic, record.value);
      if (parsed.success) received.push({ message: parsed.message, record });
      else context.with(contextOf(record), () => options.onInvalid?.(record, parsed.reason));
    }
    if (received.length > 0) options.onMessages(received);
  }

  async function follow(partition: number, end: number, firstId: string): Promise<void> {
    let offset = end;
    let id = firstId;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (attempt > 0) await sleep(backoffMs(attempt), signal);
      const idNow = await unlessAway(kafka.topicId(topic), UnknownTopicError);
      if (idNow === undefined) continue;
      if (idNow !== id) {
        id = idNow;
        offset = 0;
        options.onLost?.(partition);
      }
      positions.set(partition, offset);
      const batches = kafka.read({ topic, partition, offset, signal })[Symbol.asyncIterator]();
      // Only reading may fail and be repeated; what `deliver` throws must surface.
      for (;;) {
        const next = await unlessAway(batches.next(), UnknownTopicError).catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error;
          // The same topic ends before this: what it holds now is another log.
          id = '';
          return undefined;
        });
        if (next === undefined) break;
        if (next.done === true) return;
        attempt = 0;
        const [first] = next.value;
        if (first !== undefined && first.offset > offset) options.onLost?.(partition);
        deliver(next.value);
        offset = (next.value.at(-1)?.offset ?? offset) + 1;
        positions.set(partition, offset);
      }
    }
  }

  const begun = begin();
  const running = begun.then(
    async (start) => {
      await Promise.all(start?.ends.map((end, partition) => follow(partition, end, start.id)) ?? []);
    },
    () => {}, // `ready` tells it
  );

  return {
    ready: begun.then(() => {}),
    lag: async () => {
      const ends = await kafka.endOffsets(topic);
      return [...positions].map(([partition, position]) => ({
        topic,
        partition,
        lag: Math.max(0, (ends[partition] ?? 0) - position),
      }));
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Undefined instead of an error that may pass: brokers away, or the other one named. */
async function unlessAway<R>(
  answer: Promise<R>,
  other: typeof KafkaUnavailableError | typeof UnknownTopicError = KafkaUnavailableError,
): Promise<R | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KafkaUnavailableError || error instanceof other) return undefined;
    throw error;
  }
}
