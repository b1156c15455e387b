const PRIME_A = 0x01000193;
const PRIME_B = 0x85ebca6b;

/**
 * A running 64-bit fingerprint of text, to compare states and histories: FNV-1a in one half, the same with another
 * multiplier and a rotation in the other. Against accident, not against malice.
 */
export class Digest {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  update(text: string): this {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      this.#a = Math.imul(this.#a ^ code, PRIME_A);
      this.#b = Math.imul(((this.#b << 5) | (this.#b >>> 27)) ^ code, PRIME_B);
    }
    return this;
  }

  /** 16 hex digits. */
  hex(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
