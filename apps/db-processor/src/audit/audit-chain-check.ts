import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@repo/db';
import type { Logger } from '@repo/service';
import type { DbProcessorMetrics } from '../metrics.ts';
import { type AuditChainReport, verifyAuditChain } from './verify-audit-chain.ts';

// Between two pages, so that the check of a long chain never crowds anybody out.
const PAUSE_MS = 20;

/**
 * Verifies what was added to the audit chain since the last check; the first check begins at the first row. A broken
 * chain is an alarm: it is logged and shown in the metrics until the program starts again.
 */
export function createAuditChainCheck(options: {
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics: Pick<DbProcessorMetrics, 'auditIntact' | 'auditBroken'>;
}): (signal: AbortSignal) => Promise<void> {
  const { database, logger, metrics } = options;
  let report: AuditChainReport | undefined;

  return async (signal) => {
    let rowsBefore: number;
    do {
      if (report?.broken !== undefined) return;
      rowsBefore = report?.intactRows ?? 0;
      report = await verifyAuditChain(database, report);
      metrics.auditIntact.set(report.intactRows);
      if (report.broken !== undefined) {
        metrics.auditBroken.set(1);
        logger.error(report, 'the audit chain is broken: a row is not as it was written');
      }
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined); // stopping: the loop ends
    } while (report.intactRows > rowsBefore && !signal.aborted);
  };
}
