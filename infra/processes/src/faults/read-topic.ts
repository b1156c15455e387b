import type { Kafka, KafkaRecord } from '@repo/kafka';

/** Everything that a topic holds now, partition by partition. */
export async function readTopic(kafka: Kafka, topic: string): Promise<readonly KafkaRecord[]> {
  const ends = await kafka.endOffsets(topic);
  const partitions = await Promise.all(
    ends.map(async (end, partition) => {
      const records: KafkaRecord[] = [];
      if (end === 0) return records;
      const stopping = new AbortController();
      for await (const batch of kafka.read({ topic, partition, offset: 0, signal: stopping.signal })) {
        records.push(...batch.filter(({ offset }) => offset < end));
        if ((batch.at(-1)?.offset ?? 0) >= end - 1) stopping.abort();
      }
      return records;
    }),
  );
  return partitions.flat();
}
