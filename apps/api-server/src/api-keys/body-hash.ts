import { createHash } from 'node:crypto';

const hashes = new WeakMap<object, string>();
const ofNothing = hashOf(new Uint8Array());

/** Notes what a request's body was, byte by byte, for its signature. */
export function keepBodyHash(request: object, body: Uint8Array): void {
  hashes.set(request, hashOf(body));
}

/** SHA-256 of the body, hex. A body that nobody read, as of a GET, is none. */
export function bodyHashOf(request: object): string {
  return hashes.get(request) ?? ofNothing;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
