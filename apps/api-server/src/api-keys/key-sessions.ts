import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../http/problem-error.ts';
import type { BoundSession } from '../websocket/connection.ts';
import { bodyHashOf } from './body-hash.ts';
import type { KnownApiKeys } from './known-api-keys.ts';
import type { SignedRequests } from './signed-requests.ts';

const PREFIX = 'api-key:';

/** What stands in the place of a session where a key holds a WebSocket open. */
export class KeySessions {
  readonly #signedRequests: SignedRequests;
  readonly #known: KnownApiKeys;
  readonly #addressBlock: (request: IncomingMessage) => string;

  constructor(options: {
    readonly signedRequests: SignedRequests;
    readonly known: KnownApiKeys;
    readonly addressBlock: (request: IncomingMessage) => string;
  }) {
    this.#signedRequests = options.signedRequests;
    this.#known = options.known;
    this.#addressBlock = options.addressBlock;
  }

  /** Of a signed upgrade; the key needs the scope `read`. Throws what `SignedRequests.authenticate` does. */
  async open(request: IncomingMessage): Promise<BoundSession> {
    const { method = '', url = '', headers } = request;
    const addressBlock = this.#addressBlock(request);
    const key = await this.#signedRequests.authenticate({
      method,
      url,
      headers,
      bodyHash: bodyHashOf(request),
      addressBlock,
    });
    if (!key.scopes.includes('read')) throw new ProblemError('scope-missing');
    return { userId: key.user.userId, sessionId: sessionIdOf(key.id) };
  }

  /** Whether the key of such a session is active; `undefined` for a session of another kind. */
  async isActive(sessionId: string): Promise<boolean | undefined> {
    if (!sessionId.startsWith(PREFIX)) return undefined;
    return (await this.#known.find(sessionId.slice(PREFIX.length))) !== undefined;
  }
}

export function sessionIdOf(keyId: string): string {
  return `${PREFIX}${keyId}`;
}
