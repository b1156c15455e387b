import { type API, Connection, ResponseError } from '@platformatic/kafka';
import type { ApacheKafkaSettings } from './settings.ts';

/** Where a broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Never reached: every request has a deadline of its own, at which the connection is given up. */
const neverMs = 2_147_483_647;

/** The broker took the request and said nothing. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** A connection to one broker, logged in. A request that is not answered in time ends it: later answers mean nothing. */
export class BrokerConnection {
  readonly #connection: Connection;
  readonly #address: Address;
  #open = true;

  /** Connects and logs in; `onClose` is told when it ends afterwards, whoever ended it. */
  static async open(
    address: Address,
    settings: ApacheKafkaSettings,
    timeoutMs: number,
    onClose: () => void,
  ): Promise<BrokerConnection> {
    const connection = new Connection(settings.clientId, {
      connectTimeout: Math.max(1, Math.ceil(timeoutMs)),
      requestTimeout: neverMs,
      ...(settings.tls && { tls: settings.tls }),
      ...(settings.sasl && { sasl: settings.sasl }),
    });
    // Whoever waits is rejected; an error that nobody listens to would end the process.
    connection.on('error', () => {});
    const opened = new BrokerConnection(connection, address);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(opened.#noAnswer(timeoutMs)), timeoutMs);
    try {
      await Promise.race([connection.connect(address.host, address.port), late.promise]);
    } catch (error) {
      opened.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    connection.once('close', () => {
      opened.close();
      onClose();
    });
    return opened;
  }

  private constructor(connection: Connection, address: Address) {
    this.#connection = connection;
    this.#address = address;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Asks; an answer that holds error codes is an answer. Rejects when there is none within `timeoutMs`. */
  request<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    parameters: Arguments,
    timeoutMs: number,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(this.#noAnswer(timeoutMs));
        this.close();
      }, timeoutMs);
      const answered = (error: Error | null, answer?: Answer) => {
        clearTimeout(timer);
        if (error === null) resolve(answer as Answer);
        else if (error instanceof ResponseError && 'response' in error) resolve(error.response as Answer);
        else reject(error);
      };
      (api as unknown as (connection: Connection, ...rest: unknown[]) => void)(
        this.#connection,
        ...parameters,
        answered,
      );
    });
  }

  close(): void {
    this.#open = false;
    // Without this its timer for the next login would stay; without the next line it would wait for a silent broker.
    this.#connection.close(() => {});
    this.#connection.socket?.destroy();
  }

  #noAnswer(timeoutMs: number): NoAnswerError {
    const { host, port } = this.#address;
    return new NoAnswerError(`${host}:${port} did not answer within ${Math.ceil(timeoutMs)} ms`);
  }
}
