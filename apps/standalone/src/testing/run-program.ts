import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@repo/service';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The program as a user starts it, without the web app. */
export interface Program {
  readonly child: ChildProcess;
  readonly httpPort: number;
  /** What it has written to the terminal so far. */
  output(): string;
  /** Resolves at the ready line; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const programs = new Set<Program>();

/** Stops what a failed test has left running. */
export async function killPrograms(): Promise<void> {
  for (const { child } of programs) child.kill('SIGTERM');
  await Promise.all([...programs].map(({ ended }) => ended));
}

export async function runProgram(environment: Readonly<Record<string, string>>): Promise<Program> {
  const [httpPort, wsPort, metricsPort] = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      START_WEB: 'false',
      HTTP_PORT: String(httpPort),
      WS_PORT: String(wsPort),
      METRICS_PORT: String(metricsPort),
      PRICE_SOURCE: 'simulated',
      ...environment,
    },
  });
  let output = '';
  let markReady = () => {};
  const sawReady = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('CFD-Broker is ready: http://localhost:')) markReady();
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const endedEarly = ended.then(({ code }) => Promise.reject(new Error(`ended with code ${code}:\n${output}`)));
  const ready = Promise.race([sawReady, endedEarly]);
  // Tests of a failing start look at `ended` alone.
  ready.catch(() => {});
  endedEarly.catch(() => {});
  const program = { child, httpPort, output: () => output, ready, ended };
  programs.add(program);
  void ended.then(() => programs.delete(program));
  return program;
}
