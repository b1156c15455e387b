import type { BookReader } from '@repo/db';
import { quoteOfPrice } from '@repo/schemas';
import type { PriceBoard } from '../prices/price-board.ts';
import { AccountBook } from './account-book.ts';

/** An account as it is in the books, valued at the latest prices. @throws DatabaseUnavailableError */
export type BookNow = (accountId: string) => Promise<AccountBook>;

export function createBookNow(options: {
  readonly books: Pick<BookReader, 'loadAccount'>;
  readonly board: Pick<PriceBoard, 'latest'>;
}): BookNow {
  return async (accountId) => {
    const loaded = await options.books.loadAccount(accountId);
    if (loaded === undefined) throw new Error(`account ${accountId} is not in the books`);
    const book = new AccountBook(loaded);
    book.value(options.board.latest().flatMap((price) => quoteOfPrice(price) ?? []));
    return book;
  };
}
