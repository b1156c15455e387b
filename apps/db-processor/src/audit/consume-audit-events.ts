import type { Database } from '@repo/db';
import { type Consumer, consumeTopic, type Kafka } from '@repo/kafka';
import type { ConsumerReports } from '../consumer-reports.ts';
import { asPoison } from '../requests/as-poison.ts';
import { appendAudit } from './append-audit.ts';

/** Keeps what api-servers report in the audit table. */
export function consumeAuditEvents(options: {
  readonly kafka: Kafka;
  readonly database: Database;
  readonly reports: ConsumerReports;
}): Consumer {
  return consumeTopic(options.kafka, {
    ...options.reports('audit-events', 'audit'),
    from: 'earliest',
    onMessages: async (received) => {
      const events = received.map(({ message }) => message);
      try {
        await options.database.transaction((transaction) => appendAudit(transaction, events));
      } catch (error) {
        throw asPoison(error) ?? error;
      }
    },
  });
}
