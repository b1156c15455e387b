const CARRY = 2 ** 52;

/**
 * An exact running sum that may leave the safe integers, as a house account's may: every client's money meets there.
 * Kept in two limbs, since a bigint would be allocated at every fill.
 */
export class WideSum {
  #high = 0;
  #low = 0;

  constructor(value = 0n) {
    const carry = BigInt(CARRY);
    this.#high = Number(value / carry);
    this.#low = Number(value % carry);
  }

  /** @param amount a safe integer. */
  add(amount: number): void {
    // Both stay below 2^53 one by one; their sum may not, so the carry leaves first.
    if (amount >= CARRY || amount <= -CARRY) {
      this.#high += Math.sign(amount);
      amount -= Math.sign(amount) * CARRY;
    }
    this.#low += amount;
    if (this.#low >= CARRY || this.#low <= -CARRY) {
      const sign = Math.sign(this.#low);
      this.#high += sign;
      this.#low -= sign * CARRY;
    }
  }

  get value(): bigint {
    return BigInt(this.#high) * BigInt(CARRY) + BigInt(this.#low);
  }
}
