import { setTimeout as delay } from 'node:timers/promises';
import { createCookieJar } from '@repo/client/node';
import { answerOf, openDoor } from './api-door.ts';
import type { VirtualClientOptions } from './virtual-client.ts';

const PAUSE_MS = 500;

/** Looks at the prices at every api-server, whatever else goes on. */
export class Spectator {
  readonly #options: Pick<VirtualClientOptions, 'name' | 'doors' | 'journal'>;

  constructor(options: Pick<VirtualClientOptions, 'name' | 'doors' | 'journal'>) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { name, doors, journal } = this.#options;
    const clients = doors.map((door) => openDoor(door, journal, createCookieJar(), { client: name }));
    while (!signal.aborted) {
      await Promise.all(clients.map((client) => answerOf(client.prices())));
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
