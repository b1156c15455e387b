import {
  ApiKeySchema,
  ApiKeysSchema,
  CandlesSchema,
  CodeSentSchema,
  type CreateApiKeySchema,
  InstrumentsSchema,
  MailboxSchema,
  MeSchema,
  PricesSchema,
  SessionStartedSchema,
} from '@repo/schemas';
import type { CandleInterval } from '@repo/trading-core';
import type { z } from 'zod';
import { ApiError } from './errors.ts';
import { createHttpTransport, type HttpRequest, type HttpTransportOptions } from './http-transport.ts';
import { type CallOptions, createTradingClient, queryText, type TradingClient } from './trading-client.ts';

export type ApiClientOptions = HttpTransportOptions;

export interface CandlesQuery {
  readonly asset: string;
  readonly interval: CandleInterval;
  /** ms since the epoch, inclusive. */
  readonly from?: number;
  /** ms since the epoch, exclusive. */
  readonly to?: number;
  /** 500 unless told, 1000 at most. */
  readonly limit?: number;
}

/**
 * The HTTP API, typed. Every method throws `ApiError` when the server refuses and `NetworkError` when it does not
 * answer. When a session's access token has run out it is refreshed, once for all calls that wait for it, and the call
 * is sent again.
 */
export interface ApiClient extends TradingClient {
  signup(body: { email: string; password: string }, options?: CallOptions): Promise<z.infer<typeof CodeSentSchema>>;
  resendOtp(body: { email: string }, options?: CallOptions): Promise<z.infer<typeof CodeSentSchema>>;
  verifyOtp(body: { email: string; otp: string }, options?: CallOptions): Promise<z.infer<typeof SessionStartedSchema>>;
  signin(
    body: { email: string; password: string },
    options?: CallOptions,
  ): Promise<z.infer<typeof SessionStartedSchema>>;
  refresh(): Promise<z.infer<typeof SessionStartedSchema>>;
  /** Resolves when there is no session any more, also when there was none. */
  logout(options?: CallOptions): Promise<void>;
  me(options?: CallOptions): Promise<z.infer<typeof MeSchema>>;
  /** Registers the public half of a `createKeyPair`. Keys are made, listed and revoked in a session, not by a key. */
  createApiKey(body: z.infer<typeof CreateApiKeySchema>, options?: CallOptions): Promise<z.infer<typeof ApiKeySchema>>;
  /** Those that are not revoked, newest first. */
  apiKeys(options?: CallOptions): Promise<z.infer<typeof ApiKeysSchema>>;
  /** Within two seconds the key is worth nothing any more. */
  revokeApiKey(keyId: string, options?: CallOptions): Promise<void>;
  prices(options?: CallOptions): Promise<z.infer<typeof PricesSchema>>;
  instruments(options?: CallOptions): Promise<z.infer<typeof InstrumentsSchema>>;
  candles(query: CandlesQuery, options?: CallOptions): Promise<z.infer<typeof CandlesSchema>>;
  /** The kept mails of the standalone profile, newest first; `not-found` elsewhere. */
  mailbox(options?: CallOptions): Promise<z.infer<typeof MailboxSchema>>;
}

const PREFIX = '/api/v1';

export function createApiClient(options: ApiClientOptions): ApiClient {
  const send = createHttpTransport(options);
  let refreshing: Promise<z.infer<typeof SessionStartedSchema>> | undefined;

  function refreshOnce() {
    refreshing ??= post('/refresh', {}, SessionStartedSchema).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function sendInSession<S extends z.ZodType>(request: HttpRequest<S>): Promise<z.infer<S>> {
    try {
      return await send(request);
    } catch (error) {
      if (options.apiKey !== undefined || !isSessionRequired(error)) throw error;
      await refreshOnce();
      return send(request);
    }
  }

  function post<S extends z.ZodType>(path: string, body: unknown, answer: S, call: CallOptions = {}) {
    return send({ method: 'POST', path: `${PREFIX}${path}`, body, answer, ...call });
  }

  function get<S extends z.ZodType>(path: string, answer: S, call: CallOptions = {}) {
    return sendInSession({ method: 'GET', path: `${PREFIX}${path}`, answer, ...call });
  }

  return {
    ...createTradingClient(sendInSession),
    signup: (body, call) => post('/signup', body, CodeSentSchema, call),
    resendOtp: (body, call) => post('/resend-otp', body, CodeSentSchema, call),
    verifyOtp: (body, call) => post('/verify-otp', body, SessionStartedSchema, call),
    signin: (body, call) => post('/signin', body, SessionStartedSchema, call),
    refresh: () => refreshOnce(),
    logout: async (call) => {
      try {
        await sendInSession({ method: 'POST', path: `${PREFIX}/logout`, body: {}, ...call });
      } catch (error) {
        if (!isSessionRequired(error)) throw error;
      }
    },
    me: (call) => get('/me', MeSchema, call),
    createApiKey: (body, call) =>
      sendInSession({ method: 'POST', path: `${PREFIX}/api-keys`, body, answer: ApiKeySchema, ...call }),
    apiKeys: (call) => get('/api-keys', ApiKeysSchema, call),
    revokeApiKey: async (keyId, call) => {
      await sendInSession({ method: 'DELETE', path: `${PREFIX}/api-keys/${keyId}`, ...call });
    },
    prices: (call) => get('/prices', PricesSchema, call),
    instruments: (call) => get('/instruments', InstrumentsSchema, call),
    candles: (query, call) => get(`/candles${queryText(query)}`, CandlesSchema, call),
    mailbox: (call = {}) => send({ method: 'GET', path: '/dev/mailbox', answer: MailboxSchema, ...call }),
  };
}

function isSessionRequired(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code === 'session-required';
}
