import { callMsMax, Deadline } from './deadline.ts';
import { unavailable } from './failures.ts';

/** One call of `send`: settled once, by its last record, its first failure or its deadline. */
export class Send {
  readonly deadline = new Deadline();
  readonly beforeWrite: (() => void) | undefined;
  readonly done: Promise<void>;
  readonly #settle = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  #left: number;
  #bytes: number;
  settled = false;

  constructor(records: number, bytes: number, beforeWrite: (() => void) | undefined) {
    this.beforeWrite = beforeWrite;
    this.#left = records;
    this.#bytes = bytes;
    this.done = this.#settle.promise;
    this.#timer = setTimeout(() => this.fail(unavailable('no Kafka broker took the records in time')), callMsMax);
  }

  get bytes(): number {
    return this.#bytes;
  }

  appended(records: number): void {
    this.#left -= records;
    if (this.#left > 0) return;
    this.#end();
    this.#settle.resolve();
  }

  fail(error: unknown): void {
    this.#end();
    this.#settle.reject(error);
  }

  #end(): void {
    this.settled = true;
    clearTimeout(this.#timer);
  }
}
