import type { Logger } from '@repo/service';
import { type BookTickerFrame, readBookTickerFrame } from './book-ticker-frame.ts';
import type { FeedHandlers, PriceFeed } from './source.ts';

/**
 * Sorts the frames of a connection: hands quotes on, counts the rest. A source that says nonsense says it often, so
 * only the first frame of each kind is logged until `connected` is called again.
 */
export class QuoteReader {
  readonly #source: PriceFeed['source'];
  readonly #logger: Logger;
  readonly #said = new Set<BookTickerFrame['kind']>();

  constructor(source: PriceFeed['source'], logger: Logger) {
    this.#source = source;
    this.#logger = logger;
  }

  connected(): void {
    this.#said.clear();
  }

  /** The quote in the frame, if it is one. */
  read(text: string, handlers: FeedHandlers): Extract<BookTickerFrame, { kind: 'quote' }> | undefined {
    const frame = readBookTickerFrame(text);
    if (frame.kind === 'quote') return frame;
    if (frame.kind === 'error') {
      handlers.onError(this.#source);
      this.#once('error', { message: frame.message }, 'the source answered with an error');
    } else if (frame.kind === 'malformed') {
      handlers.onUnusable(this.#source, 'malformed');
      this.#once('malformed', { frame: text.slice(0, 200) }, 'the source sent a frame that is no quote');
    }
    return undefined;
  }

  #once(kind: BookTickerFrame['kind'], details: object, message: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#logger.warn({ source: this.#source, ...details }, message);
  }
}
