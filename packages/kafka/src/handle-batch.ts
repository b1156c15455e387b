import { backoffMs, sleep } from './backoff.ts';
import type { ConsumeOptions, KafkaRecord } from './port.ts';

/** Most records in a batch unless told. */
export const batchSizeDefault = 500;

/** Tries the batch until its handler takes it; false when told to stop before it did. */
export async function handleBatch(
  { onBatch, onFailure }: Pick<ConsumeOptions, 'onBatch' | 'onFailure'>,
  records: readonly KafkaRecord[],
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await onBatch(records, signal);
      return true;
    } catch (error) {
      onFailure?.(error, attempt);
      await sleep(backoffMs(attempt), signal);
      if (signal.aborted) return false;
    }
  }
}
