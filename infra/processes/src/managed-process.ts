import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const STOP_TIMEOUT_MS = 15_000;
const RESTART_MS = 1_000;
const SHOWN_LINES = 8;

export interface ProcessOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly logFile: string;
  /** Answers 200 when it is ready. */
  readonly readyUrl: string;
  /** Told of each end that nobody asked for; it is started again. */
  readonly onCrash: (sentence: string) => void;
}

/** A process that did not become ready; the message has the end of its output. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** A service as a process: its output goes to a file, and it is started again when it ends by itself. */
export class ManagedProcess {
  /** For tests of faults: settings beside its own, from its next start on. */
  extraSettings: Readonly<Record<string, string>> = {};
  readonly #options: ProcessOptions;
  readonly #log: WriteStream;
  readonly #stopping = new AbortController();
  #child: ChildProcess;
  #isReady = false;
  #end = '';

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    this.#child = this.#spawn();
  }

  get name(): string {
    return this.#options.name;
  }

  /** Of the process of now: another one after each end. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Health and metrics are beside it. */
  get readyUrl(): string {
    return this.#options.readyUrl;
  }

  /** @throws NotReadyError when it ends, or says nothing good, within a minute. */
  async ready(): Promise<void> {
    for (const deadline = performance.now() + READY_TIMEOUT_MS; performance.now() < deadline; ) {
      if (this.#stopping.signal.aborted) return;
      if (this.#hasEnded()) throw this.#notReady(`ended with code ${this.#child.exitCode}`);
      if (await answers(this.#options.readyUrl)) {
        this.#isReady = true;
        return;
      }
      await sleep(READY_POLL_MS);
    }
    throw this.#notReady(`was not ready after ${READY_TIMEOUT_MS / 1_000} s`);
  }

  /** For tests of faults; what ends by it is started again. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (!this.#hasEnded()) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    this.#log.end();
  }

  #spawn(): ChildProcess {
    const { command, environment, cwd } = this.#options;
    const [program, ...args] = command;
    // A group of its own, so that Ctrl-C reaches this program alone and the services stop in order.
    const env = { ...environment, ...this.extraSettings };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#log.write(chunk);
        this.#end = (this.#end + chunk.toString()).slice(-10_000);
      });
    }
    child.on('exit', (code, signal) => void this.#onExit(code ?? signal));
    return child;
  }

  async #onExit(cause: number | string | null): Promise<void> {
    if (!this.#isReady || this.#stopping.signal.aborted) return;
    this.#options.onCrash(`${this.name} ended (${cause}) and starts again; its log has the details.`);
    await sleep(RESTART_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (!this.#stopping.signal.aborted) this.#child = this.#spawn();
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #notReady(what: string): NotReadyError {
    const end = this.#end.trim().split('\n').slice(-SHOWN_LINES);
    return new NotReadyError(`${this.name} ${what}:\n${end.map((line) => `    ${line}`).join('\n')}`);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
