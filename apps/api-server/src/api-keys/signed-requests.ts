import { generateKeyPairSync, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ActiveApiKey } from '@repo/db';
import type { NonceStore, RateLimit, RateLimiter } from '@repo/redis';
import { IdSchema, signatureHeaders, signedText } from '@repo/schemas';
import type { AuditLog } from '../audit/audit-log.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { LimitHits } from '../limits/limit-hits.ts';
import { retryAfterSeconds } from '../limits/retry-after.ts';
import type { SessionCookies } from '../sessions/session-cookies.ts';
import type { KnownApiKeys } from './known-api-keys.ts';

/** What the clocks of two api-servers may differ by. */
const CLOCK_TOLERANCE_MS = 10_000;
const AUDIT_WINDOW_MS = 60_000;

const TIMESTAMP = /^[0-9]{1,15}$/;
const NONCE = /^[\w-]{22,64}$/;
const SIGNATURE = /^[\w-]{86}$/;

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** SHA-256, hex. */
  readonly bodyHash: string;
  readonly addressBlock: string;
  readonly requestId?: string;
}

export interface SignedRequestsOptions {
  readonly keys: KnownApiKeys;
  readonly nonces: NonceStore;
  readonly rateLimiter: RateLimiter;
  readonly limits: {
    /** Per key. */
    readonly apiKey: RateLimit;
    /** Requests that were refused, per address block. */
    readonly apiKeyFailures: RateLimit;
  };
  readonly hits: LimitHits;
  readonly audit: AuditLog;
  readonly cookies: SessionCookies;
  /** How far a request's timestamp may be from the clock here, either way. */
  readonly windowMs: number;
}

/** Whether a request claims to be signed: it is then judged as such, and by nothing else. */
export function isSigned(headers: IncomingHttpHeaders): boolean {
  return headers[signatureHeaders.keyId] !== undefined || headers[signatureHeaders.signature] !== undefined;
}

/** Tells whose program has sent a signed request. */
export class SignedRequests {
  readonly #options: SignedRequestsOptions;
  /** Stands in for keys that there are not, so that they take as long as others. */
  readonly #nobody = generateKeyPairSync('ed25519').publicKey;

  constructor(options: SignedRequestsOptions) {
    this.#options = options;
  }

  /**
   * The key that has signed the request, which uses up its nonce. Whatever is wrong with it, the answer is one.
   *
   * @throws ProblemError `signature-incorrect`, `too-many-requests`; CacheUnavailableError and DatabaseUnavailableError
   * when it cannot be told whether the request is a replay, or the key active: nobody is let in on a guess.
   */
  async authenticate(request: SignedRequest): Promise<ActiveApiKey> {
    const { keys, nonces, rateLimiter, limits, hits, cookies, windowMs } = this.#options;
    const headers = readHeaders(request.headers);
    if (headers === undefined) return this.#refuse(request, 'headers');
    const { keyId, timestamp, nonce, signature } = headers;
    // Two who speak at once: a page that has cookies needs no key, and who has a key no cookies.
    const session = cookies.read(request.headers.cookie);
    if (session.access !== undefined || session.refresh !== undefined) return this.#refuse(request, 'cookies');
    const signedAt = Number(timestamp);
    if (Math.abs(Date.now() - signedAt) > windowMs) return this.#refuse(request, 'time');

    // A key that is not at hand costs a question to PostgreSQL, which who guesses may not ask for ever.
    if (!keys.has(keyId)) await this.#demandFewFailures(request);
    const key = await keys.find(keyId);
    const { method, url: path, bodyHash } = request;
    const text = Buffer.from(signedText({ method, path, keyId, timestamp, nonce, bodyHash }));
    const isCorrect = verify(null, text, key?.verifier ?? this.#nobody, Buffer.from(signature, 'base64url'));
    if (key === undefined || !isCorrect) return this.#refuse(request, key === undefined ? 'key' : 'signature');

    // Only now, so that nobody uses up another's budget or nonces; and nonces are kept of no more than the limit lets in.
    const { allowed, retryAfterMs } = await rateLimiter.consume(limits.apiKey, keyId);
    if (!allowed) {
      const { addressBlock, requestId = '' } = request;
      hits.report({ limit: limits.apiKey, subject: keyId, addressBlock, requestId });
      throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
    }
    if (!(await nonces.use(keyId, nonce, signedAt, 2 * windowMs + CLOCK_TOLERANCE_MS))) {
      await rateLimiter.consume(limits.apiKey, keyId, -1);
      return this.#refuse(request, 'nonce');
    }
    return key;
  }

  async #demandFewFailures({ addressBlock }: SignedRequest): Promise<void> {
    const { rateLimiter, limits } = this.#options;
    const { allowed, retryAfterMs } = await rateLimiter.peek(limits.apiKeyFailures, addressBlock);
    if (!allowed) throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
  }

  /** What exactly is wrong is told to the audit table only. */
  async #refuse({ headers, addressBlock, requestId }: SignedRequest, reason: string): Promise<never> {
    const { rateLimiter, limits, hits, audit } = this.#options;
    const keyId = IdSchema.safeParse(headers[signatureHeaders.keyId]).data;
    audit.recordFirst(
      {
        kind: 'api-key-refused',
        subject: addressBlock,
        addressBlock,
        ...(requestId !== undefined && { requestId }),
        data: { reason, ...(keyId !== undefined && { keyId }) },
      },
      AUDIT_WINDOW_MS,
    );
    const limit = limits.apiKeyFailures;
    const { allowed } = await rateLimiter.consume(limit, addressBlock);
    if (!allowed) hits.report({ limit, subject: addressBlock, addressBlock, requestId: requestId ?? '' });
    throw new ProblemError('signature-incorrect');
  }
}

/** The four headers if each is there once and in shape: several of one name come joined, which none of these allows. */
function readHeaders(headers: IncomingHttpHeaders) {
  const read = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const keyId = read(signatureHeaders.keyId);
  const timestamp = read(signatureHeaders.timestamp);
  const nonce = read(signatureHeaders.nonce);
  const signature = read(signatureHeaders.signature);
  const fits =
    IdSchema.safeParse(keyId).success && TIMESTAMP.test(timestamp) && NONCE.test(nonce) && SIGNATURE.test(signature);
  return fits ? { keyId, timestamp, nonce, signature } : undefined;
}
