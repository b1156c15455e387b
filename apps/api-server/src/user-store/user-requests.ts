import { randomUUID } from 'node:crypto';
import { followTopic, handleInTrace, type Kafka, type KafkaRecord, publish, type Received } from '@repo/kafka';
import {
  type UserError,
  type UserRequest,
  type UserRequestType,
  type UserResponse,
  type UserResponseData,
  userResponseData,
} from '@repo/schemas';
import { Counter, Gauge, type Logger, type Registry, watchConsumerLag } from '@repo/service';

/** No answer in time: the db-processor is away or behind. Whether the request was carried out is unknown. */
export class UserStoreUnavailableError extends Error {
  override readonly name = 'UserStoreUnavailableError';
}

/** As many requests are out as may be, or the hashing gate is full. The request was not carried out. */
export class UserStoreBusyError extends Error {
  override readonly name = 'UserStoreBusyError';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('the user store is busy');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type UserAnswer<T extends UserRequestType> =
  | { readonly success: true; readonly data: UserResponseData[T] }
  | { readonly success: false; readonly error: Exclude<UserError, 'busy'> };

type RequestData<T extends UserRequestType> = Extract<UserRequest, { type: T }>['data'];

export interface UserRequestsOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly timeoutMs: number;
  readonly outstandingMax: number;
}

interface Outstanding {
  readonly type: UserRequestType;
  readonly resolve: (response: UserResponse) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the user store over the message log: `user-requests` out, `user-responses` back, matched by request id. */
export class UserRequests {
  readonly #options: UserRequestsOptions;
  /** Names this instance; answers come back under this key. */
  readonly #replyTo = randomUUID();
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #follower: ReturnType<typeof followTopic>;
  readonly #asked: Counter<'type' | 'outcome'>;
  readonly #invalid: Counter;

  constructor(options: UserRequestsOptions) {
    this.#options = options;
    this.#asked = new Counter({
      name: 'cfd_api_server_user_requests_total',
      help: 'Requests to the user store by type and outcome',
      labelNames: ['type', 'outcome'],
      registers: [options.metrics],
    });
    // From zero on, so that the first failure is an increase.
    for (const type of Object.keys(userResponseData)) {
      for (const outcome of ['success', 'busy', 'failed']) this.#asked.inc({ type, outcome }, 0);
    }
    this.#invalid = new Counter({
      name: 'cfd_api_server_invalid_user_responses_total',
      help: 'Answers of the user store that were passed because they could not be understood',
      registers: [options.metrics],
    });
    const gauge: Gauge = new Gauge({
      name: 'cfd_api_server_user_requests_outstanding',
      help: 'Requests to the user store without an answer yet',
      registers: [options.metrics],
      collect: () => gauge.set(this.#outstanding.size),
    });
    this.#follower = followTopic(options.kafka, {
      topic: 'user-responses',
      onMessages: (messages) => this.#take(messages),
      onInvalid: (record, reason) => this.#pass(record, reason),
    });
    watchConsumerLag(options.metrics, 'api_server', { broadcast: this.#follower });
  }

  /** Resolves when answers can be received. */
  get ready(): Promise<void> {
    return this.#follower.ready;
  }

  /**
   * @param key the e-mail address, or the session id for requests about a session: requests of one key stay in order.
   * @throws UserStoreBusyError, UserStoreUnavailableError, KafkaUnavailableError: refuse the client for now.
   */
  async ask<T extends UserRequestType>(type: T, key: string, data: RequestData<T>): Promise<UserAnswer<T>> {
    const { kafka, timeoutMs, outstandingMax } = this.#options;
    if (this.#outstanding.size >= outstandingMax) throw new UserStoreBusyError(1);
    const requestId = randomUUID();
    const at = Date.now();
    const answer = Promise.withResolvers<UserResponse>();
    // Whoever fails first, the publisher or the clock, is told of below; the other must not count as unhandled.
    answer.promise.catch(() => {});
    this.#outstanding.set(requestId, { type, ...answer });
    const timer = setTimeout(() => {
      answer.reject(new UserStoreUnavailableError(`no answer to ${type} in ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      const envelope = { id: randomUUID(), at, requestId, replyTo: this.#replyTo, expiresAt: at + timeoutMs };
      await publish(kafka, 'user-requests', key, { ...envelope, type, data } as UserRequest);
      const read = this.#read(type, await answer.promise);
      this.#asked.inc({ type, outcome: read.success ? 'success' : read.error });
      return read;
    } catch (error) {
      this.#asked.inc({ type, outcome: error instanceof UserStoreBusyError ? 'busy' : 'failed' });
      throw error;
    } finally {
      clearTimeout(timer);
      this.#outstanding.delete(requestId);
    }
  }

  async close(): Promise<void> {
    for (const { reject } of this.#outstanding.values()) reject(new UserStoreUnavailableError('stopping'));
    await this.#follower.close();
  }

  #take(messages: readonly Received<'user-responses'>[]): void {
    for (const { message, record } of messages) {
      const asked = this.#outstanding.get(message.requestId);
      if (asked === undefined) continue;
      // The topic's schema does not know which question it was. The true answer may still come.
      const fits = !message.success || userResponseData[asked.type].safeParse(message.data).success;
      if (!fits) this.#pass(record, `not an answer to ${asked.type}`);
      else void handleInTrace(record, async () => asked.resolve(message));
    }
  }

  #pass({ partition, offset }: KafkaRecord, reason: string): void {
    this.#invalid.inc();
    this.#options.logger.error({ partition, offset, reason }, 'passed an invalid answer of the user store');
  }

  #read<T extends UserRequestType>(type: T, response: UserResponse): UserAnswer<T> {
    if (response.success)
      return { success: true, data: userResponseData[type].parse(response.data) as UserResponseData[T] };
    if (response.error === 'busy') throw new UserStoreBusyError(response.data.retryAfterSeconds ?? 1);
    return { success: false, error: response.error };
  }
}
