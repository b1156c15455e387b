import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresServer } from './postgres-server.ts';

const WAIT_MIN_MS = 50;
const WAIT_MAX_MS = 5_000;

export interface SupervisedServer {
  stop: PostgresServer['stop'];
}

/** Starts a server again whenever it ends by itself, with growing waits while that fails, until it is stopped. */
export function superviseServer(options: {
  readonly server: PostgresServer;
  readonly restart: () => Promise<PostgresServer>;
  readonly onProgress: (step: string) => void;
}): SupervisedServer {
  const { restart, onProgress } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let server: PostgresServer | undefined = options.server;

  async function watch(): Promise<void> {
    let waitMs = WAIT_MIN_MS;
    while (!signal.aborted) {
      if (server !== undefined) {
        await server.exited;
        server = undefined;
        if (signal.aborted) return;
        onProgress('PostgreSQL ended unexpectedly and is being started again');
      }
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined); // stopping: the loop ends
      if (signal.aborted) return;
      try {
        server = await restart();
        waitMs = WAIT_MIN_MS;
      } catch (error) {
        onProgress(`PostgreSQL did not start again: ${error instanceof Error ? error.message : String(error)}`);
        waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
      }
    }
  }

  const watching = watch();
  return {
    stop: async (mode) => {
      stopping.abort();
      await server?.stop(mode);
      await watching;
      // A start that was under way has become a server meanwhile.
      await server?.stop(mode);
    },
  };
}
