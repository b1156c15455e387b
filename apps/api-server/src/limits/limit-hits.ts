import type { RateLimit } from '@repo/redis';
import { Counter, type Registry } from '@repo/service';
import type { AuditLog } from '../audit/audit-log.ts';

export interface LimitHit {
  readonly limit: RateLimit;
  /** Whom it stopped: an address block or a mail address. */
  readonly subject: string;
  readonly addressBlock: string;
  readonly requestId: string;
}

/** Counts what limits refuse, and tells the audit table of the first of each subject and window. */
export class LimitHits {
  readonly #audit: AuditLog;
  readonly #hits: Counter<'limit'>;

  constructor(options: { readonly audit: AuditLog; readonly metrics: Registry }) {
    this.#audit = options.audit;
    this.#hits = new Counter({
      name: 'cfd_api_server_limit_hits_total',
      help: 'Requests refused by a limit',
      labelNames: ['limit'],
      registers: [options.metrics],
    });
  }

  report({ limit, ...hit }: LimitHit): void {
    this.#hits.inc({ limit: limit.name });
    this.#audit.recordFirst({ kind: 'limit-reached', ...hit, data: { limit: limit.name } }, limit.durationMs);
  }
}
