import { closeCodes } from '@repo/schemas';
import { type Logger, monotonicMs } from '@repo/service';
import type { Connection } from './connection.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

interface Watched {
  readonly userId: string;
  readonly connections: Set<Connection>;
  /** Monotonic: when the session was last known to be active. */
  activeAtMs: number;
  checking: boolean;
}

/** Ends the connections of sessions that are over: told at once where it is known, found within a second elsewhere. */
export class SessionWatch {
  readonly #sessions = new Map<string, Watched>();
  readonly #isSessionActive: (userId: string, sessionId: string) => Promise<boolean>;
  readonly #settings: WebSocketSettings;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly isSessionActive: (userId: string, sessionId: string) => Promise<boolean>;
    readonly settings: WebSocketSettings;
    readonly logger: Logger;
  }) {
    this.#isSessionActive = options.isSessionActive;
    this.#settings = options.settings;
    this.#logger = options.logger;
    this.#timer = setInterval(() => this.#sweep(), this.#settings.sessionCheckIntervalMs);
  }

  add(connection: Connection): void {
    if (connection.session === undefined) return;
    const { userId, sessionId } = connection.session;
    const watched = this.#sessions.get(sessionId);
    if (watched !== undefined) watched.connections.add(connection);
    else {
      const connections = new Set([connection]);
      this.#sessions.set(sessionId, { userId, connections, activeAtMs: monotonicMs(), checking: false });
    }
  }

  remove(connection: Connection): void {
    if (connection.session === undefined) return;
    const { sessionId } = connection.session;
    const watched = this.#sessions.get(sessionId);
    watched?.connections.delete(connection);
    if (watched?.connections.size === 0) this.#sessions.delete(sessionId);
  }

  end(sessionId: string): void {
    for (const connection of this.#sessions.get(sessionId)?.connections ?? []) {
      connection.close(closeCodes.sessionEnded, 'session ended');
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    for (const [sessionId, watched] of this.#sessions) {
      if (!watched.checking) void this.#check(sessionId, watched);
      // Fail closed: a session nobody can vouch for is none.
      if (monotonicMs() - watched.activeAtMs > this.#settings.sessionUnknownMsMax) {
        for (const connection of watched.connections) connection.close(closeCodes.tryAgainLater, 'session unknown');
      }
    }
  }

  async #check(sessionId: string, watched: Watched): Promise<void> {
    watched.checking = true;
    try {
      if (await this.#isSessionActive(watched.userId, sessionId)) watched.activeAtMs = monotonicMs();
      else this.end(sessionId);
    } catch (error) {
      this.#logger.warn({ err: error }, 'cannot tell whether a session is active');
    } finally {
      watched.checking = false;
    }
  }
}
