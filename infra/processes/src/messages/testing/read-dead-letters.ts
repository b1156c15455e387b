import { deadLetterTopic, type Kafka } from '@repo/kafka';
import type { TopicName } from '@repo/schemas';
import { z } from 'zod';

/** A dead letter as it lies in its topic. */
const DeadLetterSchema = z.strictObject({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  key: z.string(),
  reason: z.string().min(1),
  value: z.string(),
  valueLength: z.int(),
  at: z.int(),
});
export type DeadLetter = z.infer<typeof DeadLetterSchema>;

/** Collects the dead letters of a topic from now on. */
export async function readDeadLetters(
  kafka: Kafka,
  topic: TopicName,
): Promise<{ readonly letters: readonly DeadLetter[]; close(): Promise<void> }> {
  const letters: DeadLetter[] = [];
  const closing = new AbortController();
  const name = deadLetterTopic(topic);
  const [end = 0] = await kafka.endOffsets(name);
  const records = kafka.read({ topic: name, partition: 0, offset: end, signal: closing.signal });
  const reading = (async () => {
    for await (const batch of records) {
      for (const { value } of batch) letters.push(DeadLetterSchema.parse(JSON.parse(value)));
    }
  })();
  return {
    letters,
    close: async () => {
      closing.abort();
      await reading;
    },
  };
}
