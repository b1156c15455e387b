import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A request as its sender knows it. */
export interface TradeRequest {
  readonly trader: string;
  /** The trader's account. */
  readonly account: string;
  /** `POST /orders`, ids left out: `POST /positions/:id/close`. */
  readonly operation: string;
  /** The item that the path names. */
  readonly target?: string | undefined;
  /** `clientOrderId` or `clientRequestId`. */
  readonly name?: string | undefined;
  readonly body?: unknown;
}

export interface TradeEnd {
  /** `unknown`: no answer, or one that does not say whether it was carried out. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly status?: number;
  readonly code?: string | undefined;
  readonly answer?: unknown;
  readonly reason?: string;
}

/** A request and what became of it. Times are ms of one monotonic clock. */
export interface TradeCall extends TradeRequest {
  readonly id: number;
  readonly begunAtMs: number;
  readonly endedAtMs: number;
  readonly end: TradeEnd;
}

/** Some time in which something was wrong. Times are ms of the same clock. */
export interface TradeFault {
  readonly fault: string;
  /** Whether nothing could be decided or booked meanwhile: the log or the database was away. */
  readonly stops: boolean;
  readonly begunAtMs: number;
  /** From here to the beginning of its healing it is in full effect. */
  readonly inEffectAtMs: number;
  readonly healingAtMs: number;
  /** All served again. */
  readonly recoveredAtMs: number;
}

/** Requests and faults as they happen: each in a file, a line before and a line after it, and in memory. */
export class TradeJournal {
  readonly calls: TradeCall[] = [];
  readonly faults: TradeFault[] = [];
  readonly #file: number;
  #calls = 0;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = openSync(file, 'w');
  }

  /** Writes down a request that is about to be sent. Returns how to write down its outcome. */
  begin(request: TradeRequest): (end: TradeEnd) => TradeCall {
    this.#calls += 1;
    const begun = { id: this.#calls, ...request, begunAtMs: performance.now() };
    this.#write({ call: begun });
    return (end) => {
      const call = { ...begun, endedAtMs: performance.now(), end };
      this.#write({ id: call.id, endedAtMs: call.endedAtMs, ...end });
      this.calls.push(call);
      return call;
    };
  }

  fault(fault: TradeFault): void {
    this.#write({ fault });
    this.faults.push(fault);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: unknown): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
