// The curve of RFC 8032, 5.1: −x² + y² = 1 + d·x²·y² modulo p, with d = −121665 / 121666.
const P = 2n ** 255n - 19n;
/** Of a point of order 8, as is P minus it. */
const Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** Of the points whose order divides 8: for such a key a signature can be made that fits nearly any text. */
const smallOrderY: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, Y_OF_ORDER_8, P - Y_OF_ORDER_8]);

/**
 * Whether a text is an Ed25519 public key that signatures mean something for: 32 bytes in base64url without padding,
 * in their one spelling, of a point that is on the curve and not of small order.
 */
export function isEd25519PublicKey(text: string): boolean {
  const bytes = decode(text);
  if (bytes === undefined) return false;
  const encoded = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  // The highest bit is the sign of x.
  const y = encoded & (2n ** 255n - 1n);
  return y < P && !smallOrderY.has(y) && isOnCurve(y);
}

/** x² = (y² − 1) / (d·y² + 1) has a solution: Euler's criterion, which a quotient passes when the product does. */
function isOnCurve(y: bigint): boolean {
  const product = (y * y - 1n) * 121666n * (121666n - 121665n * y * y);
  return power(((product % P) + P) % P, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function decode(text: string): Uint8Array | undefined {
  if (!/^[\w-]{43}$/.test(text)) return undefined;
  const binary = atob(`${text.replaceAll('-', '+').replaceAll('_', '/')}=`);
  const again = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
  return again === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : undefined;
}
