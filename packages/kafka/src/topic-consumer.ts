import { type TopicMessage, type TopicName, topics } from '@repo/schemas';
import { z } from 'zod';
import type { ConsumeOptions, Consumer, Kafka, KafkaRecord } from './port.ts';
import { deadLetterTopic } from './publisher.ts';

/** Thrown by a handler for a message that can never be handled: it goes to the dead-letter topic and is passed. */
export class PoisonMessageError extends Error {
  override readonly name = 'PoisonMessageError';
}

/** A message with where it came from. */
export interface Received<T extends TopicName> {
  readonly message: TopicMessage<T>;
  readonly record: KafkaRecord;
}

export interface TopicConsumerOptions<T extends TopicName>
  extends Pick<ConsumeOptions, 'groupId' | 'from' | 'batchIntervalMs' | 'batchSizeMax'> {
  readonly topic: T;
  /**
   * Takes the messages of one partition in order. A `PoisonMessageError` condemns the batch's messages one by one:
   * each is handed over again alone, and those that throw it again go to the dead-letter topic. Any other rejection
   * may pass: the batch comes again.
   */
  readonly onMessages: (messages: readonly Received<T>[], signal: AbortSignal) => Promise<void>;
  /** Told of each message that went to the dead-letter topic. */
  readonly onDeadLetter?: (record: KafkaRecord, reason: string) => void;
}

/** Consumes one topic by its schema: what does not parse goes to `<topic>.dead-letter` and the consumer goes on. */
export function consumeTopic<T extends TopicName>(kafka: Kafka, options: TopicConsumerOptions<T>): Consumer {
  const { topic, onMessages, onDeadLetter, ...rest } = options;

  async function bury(record: KafkaRecord, reason: string): Promise<void> {
    await kafka.send(deadLetterTopic(topic), [
      {
        key: record.key,
        value: JSON.stringify({
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          key: record.key,
          reason,
          value: record.value,
          at: Date.now(),
        }),
      },
    ]);
    onDeadLetter?.(record, reason);
  }

  return kafka.consume({
    ...rest,
    topics: [topic],
    onBatch: async (records, signal) => {
      const received: Received<T>[] = [];
      const poison: { record: KafkaRecord; reason: string }[] = [];
      for (const record of records) {
        const parsed = parseMessage(topic, record.value);
        if (parsed.success) received.push({ message: parsed.message, record });
        else poison.push({ record, reason: parsed.reason });
      }
      for (const { record, reason } of poison) await bury(record, reason);
      if (received.length === 0) return;
      try {
        await onMessages(received, signal);
      } catch (error) {
        if (!(error instanceof PoisonMessageError)) throw error;
        for (const one of received) {
          try {
            await onMessages([one], signal);
          } catch (alone) {
            if (!(alone instanceof PoisonMessageError)) throw alone;
            await bury(one.record, alone.message);
          }
        }
      }
    },
  });
}

function parseMessage<T extends TopicName>(
  topic: T,
  value: string,
): { success: true; message: TopicMessage<T> } | { success: false; reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (error) {
    return { success: false, reason: `not JSON: ${(error as Error).message}` };
  }
  const parsed = topics[topic].schema.safeParse(json);
  if (parsed.success) return { success: true, message: parsed.data as TopicMessage<T> };
  return { success: false, reason: z.prettifyError(parsed.error) };
}
