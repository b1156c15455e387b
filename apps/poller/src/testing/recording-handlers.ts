import type { FeedHandlers, RawQuote } from '../sources/source.ts';

/** Handlers that write down what a feed says. */
export function recordingHandlers() {
  const quotes: RawQuote[] = [];
  const unusable: string[] = [];
  const states: string[] = [];
  let errorCount = 0;
  const handlers: FeedHandlers = {
    onQuote: (quote) => quotes.push(quote),
    onUnusable: (source, reason) => unusable.push(`${source} ${reason}`),
    onError: () => {
      errorCount += 1;
    },
    onConnection: (source, state) => states.push(`${source} ${state}`),
    published: () => Promise.resolve(),
  };
  return { handlers, quotes, unusable, states, errorCount: () => errorCount };
}
