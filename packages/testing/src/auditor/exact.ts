/** a / b towards −∞. b above zero. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b > a ? quotient - 1n : quotient;
}

/** a / b towards +∞. b above zero. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  return -floorDivide(-a, b);
}

/** a / b to the nearest, a tie to the even one. b above zero. */
export function halfEvenDivide(a: bigint, b: bigint): bigint {
  const below = floorDivide(a, b);
  const twiceRest = 2n * (a - below * b);
  if (twiceRest === b) return below % 2n === 0n ? below : below + 1n;
  return twiceRest < b ? below : below + 1n;
}

export function absolute(a: bigint): bigint {
  return a < 0n ? -a : a;
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The largest integer that a figure may be. */
export const FIGURE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
