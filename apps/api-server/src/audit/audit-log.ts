import { randomUUID } from 'node:crypto';
import { type Kafka, publish } from '@repo/kafka';
import type { AuditEvent } from '@repo/schemas';
import { Counter, type Logger, type Registry } from '@repo/service';
import { FirstPerWindow } from '../limits/first-per-window.ts';

export type AuditEntry = Omit<AuditEvent, 'id' | 'at'>;

const KEYS_MAX = 10_000;
const OUTSTANDING_MAX = 1_000;

/** Sends what matters to security to the audit table. */
export class AuditLog {
  readonly #kafka: Kafka;
  readonly #logger: Logger;
  readonly #firsts = new FirstPerWindow(KEYS_MAX);
  readonly #lost: Counter;
  #outstanding = 0;

  constructor(options: { readonly kafka: Kafka; readonly logger: Logger; readonly metrics: Registry }) {
    this.#kafka = options.kafka;
    this.#logger = options.logger;
    this.#lost = new Counter({
      name: 'cfd_api_server_audit_events_lost_total',
      help: 'Audit events that did not reach the message log',
      registers: [options.metrics],
    });
  }

  /** Does not hold up the answer. An event that the log does not take is counted and written to the service's log. */
  record(entry: AuditEntry): void {
    if (this.#outstanding >= OUTSTANDING_MAX) {
      this.#lose(entry, new Error('too many events on their way'));
      return;
    }
    this.#outstanding += 1;
    publish(this.#kafka, 'audit-events', entry.subject, { ...entry, id: randomUUID(), at: Date.now() }).then(
      () => {
        this.#outstanding -= 1;
      },
      (error: unknown) => {
        this.#outstanding -= 1;
        this.#lose(entry, error);
      },
    );
  }

  /** Like `record`, but only the first of a kind and subject in the window, so that a flood does not fill the table. */
  recordFirst(entry: AuditEntry, windowMs: number): void {
    if (this.#firsts.isFirst(`${entry.kind} ${entry.data?.limit ?? ''} ${entry.subject}`, windowMs)) this.record(entry);
  }

  #lose(entry: AuditEntry, error: unknown): void {
    this.#lost.inc();
    this.#logger.error({ err: error, audit: entry }, 'audit event not recorded');
  }
}
