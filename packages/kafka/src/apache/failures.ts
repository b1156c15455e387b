import { AuthenticationError, protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';
import { KafkaUnavailableError } from '../port.ts';

/** The brokers' error codes that are told apart here, of `org.apache.kafka.common.protocol.Errors`. */
export const codes = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  requestTimedOut: 7,
  messageTooLarge: 10,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  illegalGeneration: 22,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  unknownProducerId: 59,
  memberIdRequired: 79,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
} as const;

/** How the brokers call an error code, for messages. */
export function nameOfCode(code: number): string {
  return protocolErrorsCodesById[code] ?? `error ${code}`;
}

/** Whether the same request may succeed a moment later, perhaps at another broker. */
export function mayPass(code: number): boolean {
  return protocolErrors[nameOfCode(code)]?.canRetry === true;
}

/** What callers are told, with a reason that an operator can act on. */
export function unavailable(what: string, cause?: unknown): KafkaUnavailableError {
  if (cause instanceof KafkaUnavailableError) return cause;
  const reason = reasonOf(cause);
  return new KafkaUnavailableError(reason === '' ? what : `${what}: ${reason}`, { cause });
}

/** The innermost message that says something, and the login first of all. */
function reasonOf(error: unknown): string {
  let reason = '';
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof AuthenticationError) {
      const detail = deepest(inner.cause);
      return `the broker refused the login (${detail === '' ? inner.message : detail})`;
    }
    if (inner.message !== '') reason = inner.message;
    if (inner instanceof AggregateError) return inner.errors.map(reasonOf).find((text) => text !== '') ?? reason;
  }
  return reason;
}

function deepest(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(deepest).find((text) => text !== '') ?? error.message;
  if (!(error instanceof Error)) return '';
  if ('serverErrorMessage' in error && typeof error.serverErrorMessage === 'string') return error.serverErrorMessage;
  return deepest(error.cause) || error.message;
}
