import { type TopicMessage, type TopicName, topics } from '@repo/schemas';
import { sendInTrace } from './message-trace.ts';
import type { Kafka } from './port.ts';

/** Appends a message of the topic's schema, with the ids of the request under way; resolves when the log has it. */
export async function publish<T extends TopicName>(
  kafka: Kafka,
  topic: T,
  key: string,
  message: TopicMessage<T>,
): Promise<void> {
  const value = JSON.stringify(message);
  await sendInTrace(topic, (headers) => kafka.send(topic, [{ key, value, ...(headers && { headers }) }]));
}

/** The topic where messages of `topic` go that cannot be understood. */
export function deadLetterTopic(topic: TopicName): `${TopicName}.dead-letter` {
  return `${topic}.dead-letter`;
}

/** Creates the topics of the schemas package and their dead-letter topics. */
export async function ensureTopics(kafka: Kafka): Promise<void> {
  await kafka.ensureTopics(
    Object.entries(topics).flatMap(([name, { partitions }]) => [
      { name, partitions },
      { name: deadLetterTopic(name as TopicName), partitions: 1 },
    ]),
  );
}
