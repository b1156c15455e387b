import type { ApiKeyReader } from '@repo/db';
import type { ApiKey, CreateApiKey } from '@repo/schemas';
import { ProblemError } from '../http/problem-error.ts';
import type { UserRequests } from '../user-store/user-requests.ts';
import type { KnownApiKeys } from './known-api-keys.ts';

export interface ApiKeysOptions {
  readonly users: UserRequests;
  readonly reader: ApiKeyReader;
  readonly known: KnownApiKeys;
  /** Closes what a key holds open here. */
  readonly onRevoked: (keyId: string) => void;
}

/** A user's keys. Each method rejects when PostgreSQL or the user store is away. */
export class ApiKeys {
  readonly #options: ApiKeysOptions;

  constructor(options: ApiKeysOptions) {
    this.#options = options;
  }

  /** @throws ProblemError `api-keys-limit`, and `session-required` when the user is no more. */
  async create(userId: string, wish: CreateApiKey, addressBlock: string): Promise<ApiKey> {
    const answer = await this.#options.users.ask('create-api-key', userId, { ...wish, userId, addressBlock });
    if (answer.success) return answer.data;
    throw new ProblemError(answer.error === 'api-keys-limit' ? 'api-keys-limit' : 'session-required');
  }

  list(userId: string): Promise<readonly ApiKey[]> {
    return this.#options.reader.list(userId);
  }

  /** Ends the key: here at once, on other api-servers within two seconds. @throws ProblemError `not-found`. */
  async revoke(userId: string, keyId: string, addressBlock: string): Promise<void> {
    const answer = await this.#options.users.ask('revoke-api-key', userId, { userId, keyId, addressBlock });
    if (!answer.success) throw new Error(`the user store refused a revocation: ${answer.error}`);
    if (!answer.data.revoked) throw new ProblemError('not-found');
    this.#options.known.forget(keyId);
    this.#options.onRevoked(keyId);
  }
}
