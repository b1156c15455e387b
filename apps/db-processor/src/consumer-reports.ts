import { withoutParameters } from '@repo/db';
import type { KafkaRecord } from '@repo/kafka';
import type { TopicName } from '@repo/schemas';
import type { Logger } from '@repo/service';
import type { DbProcessorMetrics } from './metrics.ts';

/** What every consumer of this service reports alike: dead letters and batches that come again. */
export function createConsumerReports(logger: Logger, metrics: DbProcessorMetrics) {
  return <T extends TopicName>(topic: T, groupId: string) => {
    // From zero on, so that the first is an increase.
    metrics.deadLetters.inc({ topic }, 0);
    metrics.batchFailures.inc({ group: groupId }, 0);
    return {
      topic,
      groupId,
      onDeadLetter: ({ partition, offset }: KafkaRecord, reason: string) => {
        metrics.deadLetters.inc({ topic });
        logger.error({ topic, partition, offset, reason }, 'message set aside as a dead letter');
      },
      onFailure: (error: unknown, attempt: number) => {
        metrics.batchFailures.inc({ group: groupId });
        logger.warn({ err: withoutParameters(error), topic, groupId, attempt }, 'batch failed and comes again');
      },
    };
  };
}

export type ConsumerReports = ReturnType<typeof createConsumerReports>;
