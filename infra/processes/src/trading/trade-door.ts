import { type ApiClient, type CookieJar, createApiClient } from '@repo/client';
import { ProblemSchema } from '@repo/schemas';
import { type ApiDoor, ORIGIN } from '../faults/api-door.ts';
import type { TradeEnd, TradeJournal } from './trade-journal.ts';

/** The SDK of one trader at one api-server; what may change the books is in the journal before it goes out. */
export function openTradeDoor(options: {
  readonly door: ApiDoor;
  readonly journal: TradeJournal;
  readonly cookies: CookieJar;
  readonly trader: string;
  /** '' before it is known: nothing is written down. */
  readonly account: () => string;
}): ApiClient {
  const { door, journal, cookies, trader } = options;
  return createApiClient({
    baseUrl: door.url,
    origin: ORIGIN,
    cookies,
    fetch: async (input, init) => {
      const account = options.account();
      const method = init?.method ?? 'GET';
      const path = new URL(input instanceof Request ? input.url : input).pathname.replace(/^\/api\/v1/, '');
      if (account === '' || method === 'GET' || path === '/refresh') return fetch(input, init);
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      const [, target] = /^\/\w+\/(\d+-\d+)(?:\/|$)/.exec(path) ?? [];
      const operation = `${method} ${path.replace(account, ':account').replace(target ?? '\n', ':id')}`;
      const end = journal.begin({ trader, account, operation, target, name: nameOf(body), body });
      try {
        const response = await fetch(input, init);
        const text = await response.text();
        end(endOf(response.status, parsed(text)));
        const { status, statusText, headers } = response;
        return new Response(text === '' ? null : text, { status, statusText, headers });
      } catch (error) {
        end({ outcome: 'unknown', reason: String(error) });
        throw error;
      }
    },
  });
}

function endOf(status: number, answer: unknown): TradeEnd {
  if (status >= 200 && status < 300) return { outcome: 'ok', status, answer };
  const code = ProblemSchema.safeParse(answer).data?.code;
  return status >= 500 ? { outcome: 'unknown', status, code } : { outcome: 'fail', status, code, answer };
}

function nameOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { clientOrderId, clientRequestId } = body as Record<string, unknown>;
  return (clientOrderId ?? clientRequestId) as string | undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
