/** Shortest new password, in code points. */
export const passwordLengthMin = 12;
/** Longest new password, in code points. */
export const passwordLengthMax = 128;

export type PasswordWeakness =
  | 'password-too-short'
  | 'password-too-long'
  | 'password-common'
  | 'password-contains-name'
  | 'password-contains-address';

/** The form in which passwords are compared and hashed: Unicode NFC, so that one keyboard's é is another's. */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/**
 * Why a new password is refused, or `undefined` when it is accepted. No composition rules (NIST SP 800-63B-4 §3.1.1.2):
 * length, a list of common passwords (lower-cased; only the server has a long one), the product's name and the user's
 * own address.
 */
export function findPasswordWeakness(
  password: string,
  email: string,
  commonPasswords: ReadonlySet<string> = new Set(),
): PasswordWeakness | undefined {
  const normalized = normalizePassword(password);
  const length = Array.from(normalized).length;
  if (length < passwordLengthMin) return 'password-too-short';
  if (length > passwordLengthMax) return 'password-too-long';
  const folded = normalized.toLowerCase();
  if (commonPasswords.has(folded) || isRepetitive(folded)) return 'password-common';
  if (/cfd[-_ ]?broker/.test(folded)) return 'password-contains-name';
  const address = email.toLowerCase();
  const [localPart = ''] = address.split('@');
  if (address.includes('@') && folded.includes(address)) return 'password-contains-address';
  if (localPart.length >= 4 && folded.includes(localPart)) return 'password-contains-address';
  return undefined;
}

// `aaaaaaaaaaaa` and `121212121212` are in every attacker's list without being in ours.
function isRepetitive(text: string): boolean {
  return new Set(text).size <= 2;
}
