import { z } from 'zod';

/** What a frame of Backpack or Binance says; the two agree on the names of the fields. */
export type BookTickerFrame =
  | {
      readonly kind: 'quote';
      readonly symbol: string;
      readonly bid: string;
      readonly ask: string;
      readonly updateId?: bigint;
    }
  /** An acknowledgement or another notice that carries no price. */
  | { readonly kind: 'notice' }
  /** A complaint; Backpack does not name the stream it is about. */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'malformed' };

// Backpack sends `u` as a number and documents it as a string.
const UpdateIdSchema = z.union([z.int().nonnegative(), z.string().regex(/^[0-9]{1,20}$/)]).transform(BigInt);

const BookTickerSchema = z.object({
  s: z.string().min(1).max(40),
  b: z.string(),
  a: z.string(),
  u: UpdateIdSchema.optional(),
});

const ErrorSchema = z.object({ code: z.int(), msg: z.string().optional(), message: z.string().optional() });

/** Reads a frame: raw (`{…}`) or combined (`{"stream": …, "data": {…}}`). */
export function readBookTickerFrame(text: string): BookTickerFrame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'malformed' };
  }
  if (!isObject(json)) return { kind: 'malformed' };
  const ticker = BookTickerSchema.safeParse(isObject(json.data) ? json.data : json);
  if (ticker.success) {
    const { s: symbol, b: bid, a: ask, u: updateId } = ticker.data;
    return { kind: 'quote', symbol, bid, ask, ...(updateId === undefined ? {} : { updateId }) };
  }
  const error = ErrorSchema.safeParse(json.error ?? json);
  if (error.success) {
    const { code, msg, message } = error.data;
    return { kind: 'error', message: `${code} ${message ?? msg ?? ''}`.trim().slice(0, 200) };
  }
  return 'result' in json && json.result === null ? { kind: 'notice' } : { kind: 'malformed' };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
