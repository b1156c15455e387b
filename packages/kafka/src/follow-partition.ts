import { backoffMs, sleep } from './backoff.ts';
import { type Kafka, type KafkaRecord, KafkaUnavailableError, UnknownTopicError } from './port.ts';

export interface FollowPartitionOptions {
  readonly topic: string;
  readonly partition: number;
  /** Where to begin: an offset of the log with this id. In another log the offset is void, and it begins at 0. */
  readonly from: { readonly log: string | null; readonly offset: number };
  /** Told which log is read, before its first records. */
  readonly onLog: (log: string) => void;
  /** Takes records in order; the next ones wait until it resolves. What it throws ends the following. */
  readonly onRecords: (records: readonly KafkaRecord[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Reads one partition from a stored offset, without a group, for as long as the signal lets it. Brokers that go away
 * are asked again until they are back, and a topic that was made anew is read from its beginning.
 *
 * @throws what `onRecords` throws.
 */
export async function followPartition(kafka: Kafka, options: FollowPartitionOptions): Promise<void> {
  const { topic, partition, onLog, onRecords, signal } = options;
  let { log, offset } = options.from;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (attempt > 0) await sleep(backoffMs(attempt), signal);
    const logNow = await unlessAway(() => kafka.topicId(topic));
    if (logNow === undefined) continue;
    if (logNow !== log) [log, offset] = [logNow, 0];
    onLog(log);
    const batches = kafka.read({ topic, partition, offset, signal })[Symbol.asyncIterator]();
    for (;;) {
      const next = await unlessAway(() => batches.next());
      if (next === undefined) break;
      if (next.done === true) return;
      attempt = 0;
      await onRecords(next.value);
      offset = (next.value.at(-1)?.offset ?? offset) + 1;
    }
  }
}

async function unlessAway<R>(ask: () => Promise<R>): Promise<R | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KafkaUnavailableError || error instanceof UnknownTopicError) return undefined;
    throw error;
  }
}
