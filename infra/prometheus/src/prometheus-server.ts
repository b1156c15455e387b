import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_TIMEOUT_MS = 30_000;

export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface PrometheusTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** A running Prometheus and what it answers. */
export class PrometheusServer {
  readonly #child: ChildProcess;
  readonly #url: string;
  #output = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-4_000);
    });
  }

  /** Resolves when it is ready; rejects with the end of its output when it does not become so. */
  static async start(options: {
    readonly program: string;
    readonly configFile: string;
    readonly dataDir: string;
    readonly port: number;
  }): Promise<PrometheusServer> {
    const { program, configFile, dataDir, port } = options;
    const args = [`--config.file=${configFile}`, `--storage.tsdb.path=${dataDir}`];
    const child = spawn(program, [...args, `--web.listen-address=127.0.0.1:${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new PrometheusServer(child, `http://127.0.0.1:${port}`);
    for (const deadline = performance.now() + READY_TIMEOUT_MS; performance.now() < deadline; await sleep(100)) {
      const response = await fetch(`${server.#url}/-/ready`).catch(() => undefined);
      if (response?.ok) return server;
      if (child.exitCode !== null) break;
    }
    await server.stop();
    throw new Error(`Prometheus did not start:\n${server.#output}`);
  }

  async targets(): Promise<readonly PrometheusTarget[]> {
    return (await this.#get<{ activeTargets: PrometheusTarget[] }>('targets')).activeTargets;
  }

  async alerts(): Promise<readonly PrometheusAlert[]> {
    return (await this.#get<{ alerts: PrometheusAlert[] }>('alerts')).alerts;
  }

  /** Rules with the health of their last evaluation. */
  async rules(): Promise<readonly { name: string; health: string; lastError?: string }[]> {
    type Group = { rules: { name: string; health: string; lastError?: string }[] };
    return (await this.#get<{ groups: Group[] }>('rules')).groups.flatMap(({ rules }) => rules);
  }

  /** An instant query. */
  async query(expression: string): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
    type Answer = { result: { metric: Record<string, string>; value: [number, string] }[] };
    return (await this.#get<Answer>(`query?query=${encodeURIComponent(expression)}`)).result;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  async #get<T>(question: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${question}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${question}: ${answer.error}`);
    return answer.data;
  }
}
