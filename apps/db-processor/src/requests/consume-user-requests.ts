import { randomUUID } from 'node:crypto';
import {
  type Consumer,
  consumeTopic,
  handleInTrace,
  type Kafka,
  type KafkaRecord,
  publish,
  type Received,
} from '@repo/kafka';
import { type Logger, monotonicMs, type Unseal } from '@repo/service';
import type { ConsumerReports } from '../consumer-reports.ts';
import type { HandlerContext } from '../handlers/handler-context.ts';
import type { DbProcessorMetrics } from '../metrics.ts';
import { answerRequest } from './answer-request.ts';
import { asPoison } from './as-poison.ts';
import { type OpenedRequest, openRequest } from './open-request.ts';
import { runInKeyOrder } from './run-in-key-order.ts';

// Enough to keep the gate and the database busy; the gate and the pool set the bounds that matter.
const CONCURRENCY_MAX = 32;
const SETTLED_MAX = 10_000;

export interface UserRequestsOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly context: HandlerContext;
  readonly unseal: Unseal;
  readonly metrics: DbProcessorMetrics;
  readonly reports: ConsumerReports;
}

/** Answers `user-requests` on `user-responses`. */
export function consumeUserRequests(options: UserRequestsOptions): Consumer {
  const { kafka, logger, context, unseal, metrics, reports } = options;
  /** Answered in a batch that failed and comes again: a `busy` must not be followed by a success. */
  const settled = new Set<string>();

  async function answer(request: OpenedRequest): Promise<string> {
    const { requestId, replyTo } = request;
    if (request.expiresAt <= Date.now()) return 'expired';
    const { answer, repeated } = await answerRequest(context, request);
    const envelope = { id: randomUUID(), at: Date.now(), requestId };
    await publish(kafka, 'user-responses', replyTo, { ...envelope, ...answer });
    if (repeated) return 'repeated';
    return answer.success ? 'success' : answer.error;
  }

  async function settle(request: OpenedRequest): Promise<void> {
    const { requestId, type } = request;
    const start = monotonicMs();
    const outcome = await answer(request);
    metrics.requests.inc({ type, outcome });
    logger.debug({ type, outcome, ms: monotonicMs() - start }, 'request settled');
    if (settled.size >= SETTLED_MAX) settled.clear(); // what a batch that moved to another member left behind
    settled.add(requestId);
  }

  async function answerAll(received: readonly Received<'user-requests'>[]): Promise<void> {
    const unsettled = received.filter(({ message }) => !settled.has(message.requestId));
    // All are opened before any is carried out: a poisonous one is then set aside before the others have an effect.
    const opened = await openAll(unsettled, unseal);
    const options = { keyOf: orderKey, concurrencyMax: CONCURRENCY_MAX };
    const errors = await runInKeyOrder(opened, options, ({ request, record }) =>
      handleInTrace(record, () => settle(request)),
    );
    const poison = errors.map(asPoison);
    const transient = errors.find((_, index) => poison[index] === undefined);
    if (transient !== undefined) throw transient;
    if (poison[0] !== undefined) throw poison[0];
    for (const { message } of received) settled.delete(message.requestId);
  }

  return consumeTopic(kafka, {
    ...reports('user-requests', 'db-processor'),
    from: 'earliest',
    onMessages: answerAll,
  });
}

interface Opened {
  readonly request: OpenedRequest;
  readonly record: KafkaRecord;
}

async function openAll(received: readonly Received<'user-requests'>[], unseal: Unseal): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const { message, record } of received) opened.push({ request: await openRequest(message, unseal), record });
  return opened;
}

/** What requests must keep their order for: an address, a session, or a user. */
function orderKey({ request: { data } }: Opened): string {
  if ('email' in data) return data.email;
  return 'userId' in data ? data.userId : data.sessionId;
}
