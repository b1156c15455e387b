import type { CookieJar } from '@repo/client';
import { type ApiClient, ApiError, createApiClient, NetworkError } from '@repo/client';
import { PricesSchema, ProblemSchema } from '@repo/schemas';
import type { CallContext, CallEnd, Operation } from './call.ts';
import type { Journal } from './journal.ts';
import { sessionOf } from './session-of.ts';

/** An api-server as clients reach it. */
export interface ApiDoor {
  /** `api-server-1`. */
  readonly name: string;
  readonly url: string;
  readonly webSocketUrl: string;
}

export const ORIGIN = 'http://localhost:3000';

/** The SDK at one api-server; whatever it sends is in the journal before it goes out. */
export function openDoor(door: ApiDoor, journal: Journal, cookies: CookieJar, context: CallContext): ApiClient {
  return createApiClient({
    baseUrl: door.url,
    origin: ORIGIN,
    cookies,
    fetch: async (input, init) => {
      const operation = new URL(input instanceof Request ? input.url : input).pathname.split('/').at(-1) as Operation;
      const end = journal.begin(door.name, operation, { ...context, session: sessionOf(cookies, door.url) });
      try {
        const response = await fetch(input, init);
        const text = await response.text();
        end(endOf(operation, response, text));
        const { status, statusText, headers } = response;
        return new Response(text === '' ? null : text, { status, statusText, headers });
      } catch (error) {
        end({ outcome: 'unknown', reason: reasonOf(error) });
        throw error;
      }
    },
  });
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `code` is absent when there was no answer. */
  | { readonly ok: false; readonly code?: string };

/** The answer, a refusal included; whatever else is thrown is a bug and surfaces. */
export async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await asked };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, code: error.code };
    if (error instanceof NetworkError) return { ok: false };
    throw error;
  }
}

function endOf(operation: Operation, response: Response, text: string): CallEnd {
  const { status } = response;
  if (!response.ok) {
    const problem = ProblemSchema.safeParse(parsed(text));
    return problem.success
      ? { outcome: 'fail', status, code: problem.data.code }
      : { outcome: 'fail', status, reason: text.slice(0, 200) };
  }
  const started = sessionOfSetCookies(response.headers.getSetCookie());
  const prices = operation === 'prices' ? PricesSchema.parse(parsed(text)).prices : undefined;
  const live = prices?.filter((price) => price.status === 'live').map(({ asset }) => asset);
  return { outcome: 'ok', status, ...(started && { started }), ...(live && { live }) };
}

function sessionOfSetCookies(setCookies: readonly string[]): string | undefined {
  const access = setCookies.find((line) => line.startsWith('access=') && !line.startsWith('access=;'));
  return access === undefined ? undefined : sessionOf({ header: () => access.split(';')[0] }, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error instanceof Error ? error.message : String(error)}${cause}`;
}
