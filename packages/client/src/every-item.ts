import type { CallOptions } from './trading-client.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Every item of a list, asked for page by page as the loop goes on:
 * `for await (const order of everyItem(api.orders, { accountId })) …`
 */
export async function* everyItem<Q extends object, T>(
  list: (query: Q & { readonly cursor?: string }, call?: CallOptions) => Promise<Page<T>>,
  query: Q,
  call?: CallOptions,
): AsyncGenerator<T, void, void> {
  let page = await list(query, call);
  for (;;) {
    yield* page.items;
    if (page.nextCursor === null) return;
    page = await list({ ...query, cursor: page.nextCursor }, call);
  }
}
