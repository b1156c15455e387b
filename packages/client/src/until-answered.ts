import { ApiError, NetworkError } from './errors.ts';
import { fullJitter } from './full-jitter.ts';

export interface NamedCallOptions {
  readonly signal?: AbortSignal;
  /**
   * Sends the request again, as it is, for this long while no answer comes or the service is not available. Its name
   * (`clientOrderId`, `clientRequestId`) makes sure that it has one effect. Never unless told.
   */
  readonly retryForMs?: number;
}

const timing = { retryMsMin: 100, retryMsMax: 2_000 };

/** Calls until there is an answer, yes or no; when time is up, throws why there was none. */
export async function untilAnswered<T>(send: () => Promise<T>, { signal, retryForMs = 0 }: NamedCallOptions = {}) {
  const lastTryMs = performance.now() + retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const waitMs = fullJitter(attempt, timing);
      if (!isUnanswered(error) || performance.now() + waitMs > lastTryMs) throw error;
      await wait(waitMs, signal);
    }
  }
}

/** Whether it is not known what became of a request. */
function isUnanswered(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && error.status >= 502 && error.status <= 504);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
