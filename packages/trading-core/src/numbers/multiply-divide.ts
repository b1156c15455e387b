// Up to here a quotient's rounding error is at most 1, and the product that finds it out is exact.
const FAST_MAX = 2 ** 52;

/** a / b rounded down (towards −∞), exactly, where Math.floor(a / b) might round up first. b above zero. */
export function divideDown(a: number, b: number): number {
  if (a < FAST_MAX && a > -FAST_MAX && b < FAST_MAX) {
    const quotient = Math.floor(a / b);
    const rest = a - quotient * b;
    if (rest < 0) return quotient - 1;
    return rest >= b ? quotient + 1 : quotient;
  }
  const rest = a % b;
  return (a - rest) / b - (rest < 0 ? 1 : 0);
}

/** a / b rounded up (towards +∞). b above zero. */
export function divideUp(a: number, b: number): number {
  const below = divideDown(a, b);
  return below * b === a ? below : below + 1;
}

/** a × b / c rounded down (towards −∞), exactly, also where a × b leaves the safe integers. c above zero. */
export function multiplyDivideDown(a: number, b: number, c: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) return divideDown(product, c);
  const exact = BigInt(a) * BigInt(b);
  const divisor = BigInt(c);
  const rest = exact % divisor;
  return Number((exact - rest) / divisor - (rest < 0n ? 1n : 0n));
}

/** a × b / c to the nearest integer, a tie to the even one, exactly. c above zero; b × c and the result safe integers. */
export function multiplyDivideHalfEven(a: number, b: number, c: number): number {
  const rest = restOf(a, c) * b;
  const below = divideDown(rest, c);
  const excess = 2 * (rest - below * c) - c;
  const floor = divideDown(a, c) * b + below;
  if (excess < 0) return floor;
  return excess > 0 || floor % 2 !== 0 ? floor + 1 : floor;
}

/** What is left of a × b when `result` × c is taken from it: the remainder of a division rounded in whatever way. */
export function multiplyRemainder(a: number, b: number, c: number, result: number): number {
  return restOf(a, c) * b - (result - divideDown(a, c) * b) * c;
}

/** a less the largest multiple of b that is not above it. */
function restOf(a: number, b: number): number {
  const product = divideDown(a, b) * b;
  return Number.isSafeInteger(product) ? a - product : (a % b) + (a < 0 ? b : 0);
}
