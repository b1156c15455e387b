const DEPTH_MAX = 32;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The text is not JSON, or JSON that two readers could understand in two ways. */
export class InvalidJsonError extends Error {
  override readonly name = 'InvalidJsonError';
}

/**
 * Reads JSON as strictly as RFC 8259 allows: UTF-8 without a byte-order mark; no key twice in an object (the first
 * and the last reader would disagree about the value); no key that reaches a prototype; at most 32 levels.
 *
 * @throws InvalidJsonError saying which of these it is, and nothing of the content.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidJsonError('the body is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a password.
    throw new InvalidJsonError('the body is not JSON');
  }
  checkStructure(text);
  return value;
}

/** @param text valid JSON, so that what is no string and no bracket can be passed over. */
function checkStructure(text: string): void {
  // The keys of each object that is open at this point; for an array nothing.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') {
      if (open.length === DEPTH_MAX) throw new InvalidJsonError(`the body is nested deeper than ${DEPTH_MAX} levels`);
      open.push(char === '{' ? new Set() : undefined);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) addKey(open.at(-1), JSON.parse(text.slice(at, end)) as string);
      at = end - 1;
    }
  }
}

/** The position after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (FORBIDDEN_KEYS.has(key)) throw new InvalidJsonError('the body has a key that no object may have');
  if (keys?.has(key)) throw new InvalidJsonError('the body has a key twice');
  keys?.add(key);
}
