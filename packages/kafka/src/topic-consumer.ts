import { context } from '@opentelemetry/api';
import type { TopicName } from '@repo/schemas';
import { contextOf, headersOf } from './message-trace.ts';
import { parseMessage, type Received } from './parse-message.ts';
import type { ConsumeOptions, Consumer, Kafka, KafkaMessage, KafkaRecord } from './port.ts';
import { deadLetterTopic } from './publisher.ts';

/** Thrown by a handler for a message that can never be handled: it goes to the dead-letter topic and is passed. */
export class PoisonMessageError extends Error {
  override readonly name = 'PoisonMessageError';
}

export interface TopicConsumerOptions<T extends TopicName>
  extends Pick<ConsumeOptions, 'groupId' | 'from' | 'batchIntervalMs' | 'batchSizeMax' | 'onFailure'> {
  readonly topic: T;
  /**
   * Takes the messages of one partition in order. A `PoisonMessageError` condemns the batch's messages one by one:
   * each is handed over again alone, and those that throw it again go to the dead-letter topic. Any other rejection
   * may pass: the batch comes again.
   */
  readonly onMessages: (messages: readonly Received<T>[], signal: AbortSignal) => Promise<void>;
  /** Told of each message that went to the dead-letter topic, in the context of the request that sent it. */
  readonly onDeadLetter?: (record: KafkaRecord, reason: string) => void;
}

/** Consumes one topic by its schema: what does not parse goes to `<topic>.dead-letter` and the consumer goes on. */
export function consumeTopic<T extends TopicName>(kafka: Kafka, options: TopicConsumerOptions<T>): Consumer {
  const { topic, onMessages, onDeadLetter, ...rest } = options;

  /** Handles the messages and returns those that the handler condemned. */
  async function handle(received: readonly Received<T>[], signal: AbortSignal): Promise<Condemned[]> {
    if (received.length === 0) return [];
    try {
      await onMessages(received, signal);
      return [];
    } catch (error) {
      if (!(error instanceof PoisonMessageError)) throw error;
      const [only, second] = received;
      if (only !== undefined && second === undefined) return [{ record: only.record, reason: error.message }];
    }
    const condemned: Condemned[] = [];
    for (const one of received) condemned.push(...(await handle([one], signal)));
    return condemned;
  }

  return kafka.consume({
    ...rest,
    topics: [topic],
    onBatch: async (records, signal) => {
      const received: Received<T>[] = [];
      const condemned: Condemned[] = [];
      for (const record of records) {
        const parsed = parseMessage(topic, record.value);
        if (parsed.success) received.push({ message: parsed.message, record });
        else condemned.push({ record, reason: parsed.reason });
      }
      condemned.push(...(await handle(received, signal)));
      if (condemned.length === 0) return;
      // Last, so that a batch that comes again, while a database is away, does not bury the same record each time.
      await kafka.send(deadLetterTopic(topic), condemned.map(toDeadLetter));
      for (const { record, reason } of condemned) {
        context.with(contextOf(record), () => onDeadLetter?.(record, reason));
      }
    },
  });
}

/** A record that cannot be understood, and why. */
export interface Condemned {
  readonly record: KafkaRecord;
  readonly reason: string;
}

/** Cut to a size that the log takes whatever the record was: a dead letter that cannot be sent blocks its partition. */
export function toDeadLetter({ record, reason }: Condemned): KafkaMessage {
  const key = record.key.slice(0, 1_000);
  // Those that name its request, not whatever it came with.
  const headers = headersOf(contextOf(record));
  return {
    key,
    ...(headers && { headers }),
    value: JSON.stringify({
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      key,
      reason: reason.slice(0, 4_000),
      value: record.value.slice(0, 100_000),
      valueLength: record.value.length,
      at: Date.now(),
    }),
  };
}
