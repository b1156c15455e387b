import type { z } from 'zod';
import type { CookieJar } from './cookie-jar.ts';
import { ApiError, apiErrorOf, NetworkError } from './errors.ts';

export interface HttpTransportOptions {
  /** Where the API is, e.g. `http://localhost:3001`; empty for the page's own origin. */
  readonly baseUrl: string;
  readonly fetch?: typeof globalThis.fetch;
  /** What a browser would send as Origin; for Node only. */
  readonly origin?: string;
  /** Keeps cookies as a browser would; for Node only. */
  readonly cookies?: CookieJar;
  /** How long to wait for an answer; 10 s unless told. */
  readonly timeoutMs?: number;
}

export interface HttpRequest<S extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** What a 2xx answer looks like; absent when its body does not matter. */
  readonly answer?: S;
  readonly signal?: AbortSignal | undefined;
}

export type HttpTransport = <S extends z.ZodType>(request: HttpRequest<S>) => Promise<z.infer<S>>;

const TIMEOUT_MS = 10_000;

/** Sends one request and reads its answer. Throws `ApiError` or `NetworkError`, or the reason of the caller's signal. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const base = options.baseUrl.replace(/\/+$/, '');
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;

  return async (request) => {
    const url = `${base}${request.path}`;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (options.origin !== undefined) headers.origin = options.origin;
    const cookie = options.cookies?.header(url);
    if (cookie !== undefined) headers.cookie = cookie;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);

    let response: Response;
    let text: string;
    try {
      // Looked up at each call, so that a page may instrument the global one.
      response = await (options.fetch ?? globalThis.fetch)(url, {
        method: request.method,
        headers,
        credentials: 'include',
        redirect: 'error',
        signal,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      options.cookies?.store(url, response.headers.getSetCookie());
      text = await response.text();
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new NetworkError(timeout.aborted ? `no answer within ${timeoutMs} ms` : 'the server could not be reached', {
        timedOut: timeout.aborted,
        cause: error,
      });
    }
    const json = parseJson(text);
    if (!response.ok) throw apiErrorOf(response.status, json);
    if (request.answer === undefined) return undefined as z.infer<NonNullable<typeof request.answer>>;
    const parsed = request.answer.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new ApiError({
      type: 'about:blank',
      title: 'The server gave an answer that was not understood.',
      status: response.status,
      code: 'internal-error',
      detail: parsed.error.message,
    });
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
