import { createPublicKey, type KeyObject } from 'node:crypto';
import type { ActiveApiKey, ApiKeyReader } from '@repo/db';
import { monotonicMs } from '@repo/service';

/** What PostgreSQL said of a key is believed for this long: with a second to spare, revocation holds within two. */
const BELIEVED_MS = 1_000;
const KEYS_MAX = 10_000;

export interface KnownApiKey extends ActiveApiKey {
  readonly verifier: KeyObject;
}

interface Reading {
  /** Monotonic: when it was begun. */
  readonly atMs: number;
  readonly key: Promise<KnownApiKey | undefined>;
}

/** The keys that are active, and those that are not, as PostgreSQL said within the last second. */
export class KnownApiKeys {
  readonly #reader: ApiKeyReader;
  readonly #readings = new Map<string, Reading>();

  constructor(reader: ApiKeyReader) {
    this.#reader = reader;
  }

  /** Whether `find` has the answer at hand. */
  has(keyId: string): boolean {
    return this.#current(keyId) !== undefined;
  }

  /** The key if it is active. Rejects when that cannot be told. */
  find(keyId: string): Promise<KnownApiKey | undefined> {
    const current = this.#current(keyId);
    if (current !== undefined) return current.key;
    const reading = { atMs: monotonicMs(), key: this.#read(keyId) };
    this.#readings.delete(keyId);
    this.#readings.set(keyId, reading);
    if (this.#readings.size > KEYS_MAX) {
      const [oldest] = this.#readings.keys();
      if (oldest !== undefined) this.#readings.delete(oldest);
    }
    reading.key.catch(() => {
      if (this.#readings.get(keyId) === reading) this.#readings.delete(keyId);
    });
    return reading.key;
  }

  /** After a change that was made here. */
  forget(keyId: string): void {
    this.#readings.delete(keyId);
  }

  #current(keyId: string): Reading | undefined {
    const reading = this.#readings.get(keyId);
    return reading !== undefined && monotonicMs() - reading.atMs < BELIEVED_MS ? reading : undefined;
  }

  async #read(keyId: string): Promise<KnownApiKey | undefined> {
    const key = await this.#reader.findActive(keyId);
    if (key === undefined) return undefined;
    const verifier = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' });
    return { ...key, verifier };
  }
}
