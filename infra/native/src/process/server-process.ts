import { setTimeout as delay } from 'node:timers/promises';
import { requireFreePorts } from '@repo/service';
import { InfraError } from '../infra-error.ts';
import { HOST } from '../ports.ts';
import { childrenOf } from './children-of.ts';
import { isPaused } from './is-paused.ts';
import { launch } from './launch.ts';
import { readPidFile, removePidFile, type ServerRun } from './pid-file.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { readLogFrom } from './server-log.ts';
import type { ServerProgram } from './server-program.ts';

const POLL_MS = 25;
const RETRY_MS = 100;
const START_TIMEOUT_MS = 60_000;
const LAST_LINES = 8;

/**
 * One server, known by its pid file: whoever opens the same state controls it, whether or not that one started it.
 */
export class ServerProcess {
  readonly #program: ServerProgram;
  readonly #endsWithUs: boolean;
  readonly #signal: AbortSignal | undefined;

  /**
   * @param endsWithUs whether a server that this process started is killed when this process exits.
   * @param signal gives up a start.
   */
  constructor(program: ServerProgram, endsWithUs: boolean, signal: AbortSignal | undefined) {
    this.#program = program;
    this.#endsWithUs = endsWithUs;
    this.#signal = signal;
  }

  get title(): string {
    return this.#program.title;
  }

  /** @returns the server's process when it is alive, serving or not. */
  find(): Promise<ServerRun | undefined> {
    return readPidFile(this.#program.pidFile);
  }

  /**
   * Starts the server on its data, or wakes the one that runs, and resolves when it serves.
   *
   * @returns whether it had to be started.
   * @throws ConfigError when a port is taken; InfraError when it does not start.
   */
  async start(): Promise<boolean> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    const running = await this.find();
    if (running !== undefined) {
      await this.resume();
      if (await this.#waitUntilReady(running, deadline)) return false;
    }
    const { title, ports, logFile } = this.#program;
    for (const { setting, port } of ports) await requireFreePorts(HOST, { [setting]: port });
    await this.#program.prepare();
    while (true) {
      this.#signal?.throwIfAborted();
      const run = await launch(this.#program, this.#endsWithUs);
      if (await this.#waitUntilReady(run, deadline)) return true;
      const log = await readLogFrom(logFile, run.logStart);
      if (this.#program.mayPass?.(log) !== true || performance.now() > deadline) {
        const reason = log.trimEnd().split('\n').slice(-LAST_LINES).join('\n  ');
        throw new InfraError(`${title} ended before it was ready; the end of ${logFile}:\n  ${reason}`);
      }
      await delay(RETRY_MS);
    }
  }

  /** Ends the server in order; one that does not obey is killed. */
  async stop(): Promise<void> {
    const run = await this.find();
    if (run !== undefined) {
      await signalAll(run, 'SIGCONT'); // a paused one would not hear
      send(run.pid, this.#program.stopSignal);
      if (!(await this.#ends(run))) await this.kill();
    }
    await removePidFile(this.#program.pidFile);
  }

  /** SIGKILL: the server has no moment left to write anything. Resolves when it is gone. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** SIGSTOP: the server is there, keeps its connections and does nothing. Resolves when it has stopped. */
  async pause(): Promise<void> {
    const pids = await signalAll(await this.#running(), 'SIGSTOP');
    for (const pid of pids) while (!(await isPaused(pid))) await delay(POLL_MS);
  }

  async resume(): Promise<void> {
    await signalAll(await this.#running(), 'SIGCONT');
  }

  /** Sends a signal and resolves when the server and the processes it works in are gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const run = await this.find();
    if (run !== undefined) {
      const children = await Promise.all((await childrenOf(run.pid)).map(identify));
      send(run.pid, signal);
      for (const process of [run, ...children]) {
        if (process === undefined || (await this.#ends(process))) continue;
        throw new InfraError(`${this.title} (process ${process.pid}) does not end on ${signal}.`);
      }
    }
    await removePidFile(this.#program.pidFile);
  }

  async #running(): Promise<ServerRun> {
    const run = await this.find();
    if (run === undefined) throw new InfraError(`${this.title} is not running.`);
    return run;
  }

  /** @returns false when it ended instead. */
  async #waitUntilReady(run: ServerRun, deadline: number): Promise<boolean> {
    const { logFile } = this.#program;
    while (!(await this.#program.isReady(run, () => readLogFrom(logFile, run.logStart)))) {
      if (!(await isAlive(run))) return false;
      if (performance.now() > deadline) {
        await this.kill();
        throw new InfraError(`${this.title} was not ready after ${START_TIMEOUT_MS / 1000} s: see ${logFile}.`);
      }
      this.#signal?.throwIfAborted();
      await delay(POLL_MS);
    }
    return true;
  }

  async #ends(process: ProcessIdentity): Promise<boolean> {
    const deadline = performance.now() + this.#program.stopTimeoutMs;
    while (await isAlive(process)) {
      if (performance.now() > deadline) return false;
      await delay(POLL_MS);
    }
    return true;
  }
}

async function signalAll({ pid }: ServerRun, signal: NodeJS.Signals): Promise<readonly number[]> {
  send(pid, signal);
  const children = await childrenOf(pid);
  for (const child of children) send(child, signal);
  return [pid, ...children];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
