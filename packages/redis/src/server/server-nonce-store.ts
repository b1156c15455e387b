import { CacheUnavailableError, type NonceStore } from '../port.ts';
import type { Connection } from './connection.ts';

/** Nonces on the server, in `nonce:{owner}:{nonce}`. */
export class ServerNonceStore implements NonceStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Call whenever the server is there: it may have begun empty. */
  async begin(): Promise<void> {
    await this.#connection.run((client) => client.beginNonces());
  }

  async use(owner: string, nonce: string, madeAt: number, keepMs: number): Promise<boolean> {
    const outcome = await this.#connection.run((client) => client.useNonce(`nonce:${owner}:${nonce}`, madeAt, keepMs));
    if (outcome === 'unknown') throw new CacheUnavailableError('Redis began empty after this nonce may have been used');
    return outcome === 'first';
  }
}
