import type { ServerRun } from './pid-file.ts';

/** How a server is run. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Who it runs as, when not as we do. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** An open file that the server finds as its descriptor 3; closed here once it runs. */
  readonly inherited?: { readonly fd: number; close(): Promise<void> } | undefined;
}

/** What is particular to one server. */
export interface ServerProgram {
  /** In messages, e.g. "Redis". */
  readonly title: string;
  readonly logFile: string;
  readonly pidFile: string;
  /** The ports it listens on, with the setting that moves each. */
  readonly ports: readonly { readonly setting: string; readonly port: number }[];
  /** Makes data and settings ready, before each start. */
  prepare(): Promise<void>;
  command(): Promise<ServerCommand>;
  /** Whether it serves; `log` reads what it wrote in this run. */
  isReady(run: ServerRun, log: () => Promise<string>): Promise<boolean>;
  /** Whether the reason for a failed start, in this log, passes by itself. */
  mayPass?(log: string): boolean;
  readonly stopSignal: NodeJS.Signals;
  /** One that has not stopped after this is killed. */
  readonly stopTimeoutMs: number;
}
