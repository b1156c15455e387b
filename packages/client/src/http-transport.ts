import type { z } from 'zod';
import type { CookieJar } from './cookie-jar.ts';
import { ApiError, apiErrorOf, NetworkError } from './errors.ts';
import { type ApiKeyCredentials, createRequestSigner } from './sign-request.ts';

export interface HttpTransportOptions {
  /** Where the API is, e.g. `http://localhost:3001`; empty for the page's own origin. */
  readonly baseUrl: string;
  readonly fetch?: typeof globalThis.fetch;
  /** What a browser would send as Origin; for Node only. */
  readonly origin?: string;
  /** Keeps cookies as a browser would; for Node only. */
  readonly cookies?: CookieJar;
  /** Signs every request with this key, instead of a session: no cookies are sent or kept. */
  readonly apiKey?: ApiKeyCredentials;
  /** How long to wait for an answer; 10 s unless told. */
  readonly timeoutMs?: number;
}

export interface HttpRequest<S extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** What a 2xx answer looks like; absent when its body does not matter. */
  readonly answer?: S;
  /** The answer is read as text, not as JSON. */
  readonly isText?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type HttpTransport = <S extends z.ZodType>(request: HttpRequest<S>) => Promise<z.infer<S>>;

const TIMEOUT_MS = 10_000;
/** A clock that is off by this much is worth telling when a signature is refused. */
const CLOCK_SKEW_TOLD_MS = 5_000;

/** Sends one request and reads its answer. Throws `ApiError` or `NetworkError`, or the reason of the caller's signal. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const base = options.baseUrl.replace(/\/+$/, '');
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const signRequest = options.apiKey && createRequestSigner(options.apiKey);

  return async (request) => {
    const url = `${base}${request.path}`;
    const accept = request.isText === true ? 'text/*, application/problem+json' : 'application/json';
    const headers: Record<string, string> = { accept };
    const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (options.origin !== undefined) headers.origin = options.origin;
    const cookies = signRequest === undefined ? options.cookies : undefined;
    const cookie = cookies?.header(url);
    if (cookie !== undefined) headers.cookie = cookie;
    Object.assign(headers, await signRequest?.({ method: request.method, path: request.path, ...body }));
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);

    let response: Response;
    let text: string;
    try {
      // Looked up at each call, so that a page may instrument the global one.
      response = await (options.fetch ?? globalThis.fetch)(url, {
        method: request.method,
        headers,
        credentials: signRequest === undefined ? 'include' : 'omit',
        redirect: 'error',
        signal,
        ...body,
      });
      cookies?.store(url, response.headers.getSetCookie());
      text = await response.text();
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new NetworkError(timeout.aborted ? `no answer within ${timeoutMs} ms` : 'the server could not be reached', {
        timedOut: timeout.aborted,
        cause: error,
      });
    }
    if (!response.ok) {
      const error = apiErrorOf(response.status, parseJson(text));
      throw error.code === 'signature-incorrect' ? withClockSkew(error, response.headers.get('date')) : error;
    }
    if (request.answer === undefined) return undefined as z.infer<NonNullable<typeof request.answer>>;
    const parsed = request.answer.safeParse(request.isText === true ? text : parseJson(text));
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

/** The server says nothing of what is wrong with a signature; of a clock its answer tells by itself. */
function withClockSkew(error: ApiError, date: string | null): ApiError {
  const skewMs = Date.now() - Date.parse(date ?? '');
  if (Number.isNaN(skewMs) || Math.abs(skewMs) < CLOCK_SKEW_TOLD_MS) return error;
  const skew = `${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server's`;
  return new ApiError({ ...error.problem, detail: `${error.problem.title} The clock here is ${skew}.` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
