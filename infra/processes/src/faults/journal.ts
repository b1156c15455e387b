import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Call, CallContext, CallEnd, Operation } from './call.ts';
import type { FaultWindow } from './fault-window.ts';

/** The end of a service's process, in its supervisor's words. */
export interface ProcessEnd {
  readonly process: string;
  readonly sentence: string;
  readonly atMs: number;
}

/** What happened in a run, for the audit. */
export interface History {
  readonly calls: readonly Call[];
  readonly windows: readonly FaultWindow[];
  readonly ends: readonly ProcessEnd[];
}

/** Requests and faults as they happen: each in a file, a line before and a line after it, and in memory. */
export class Journal implements History {
  readonly calls: Call[] = [];
  readonly windows: FaultWindow[] = [];
  readonly ends: ProcessEnd[] = [];
  readonly #file: number;
  #calls = 0;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = openSync(file, 'w');
  }

  /** Writes down a request that is about to be sent. Returns how to write down its outcome. */
  begin(instance: string, operation: Operation, context: CallContext): (end: CallEnd) => void {
    this.#calls += 1;
    const begun = { id: this.#calls, instance, operation, ...context, begunAtMs: performance.now() };
    this.#write({ call: begun });
    return (end) => {
      const call = { ...begun, endedAtMs: performance.now(), end };
      this.#write({ id: call.id, endedAtMs: call.endedAtMs, ...end });
      this.calls.push(call);
    };
  }

  faultBegins(fault: string): void {
    this.#write({ fault, begunAtMs: performance.now() });
  }

  faultEnded(window: FaultWindow): void {
    this.#write({ window });
    this.windows.push(window);
  }

  processEnded(process: string, sentence: string): void {
    const end = { process, sentence, atMs: performance.now() };
    this.#write({ end });
    this.ends.push(end);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: unknown): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
