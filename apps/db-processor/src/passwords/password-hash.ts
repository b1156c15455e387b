import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { normalizePassword } from '@repo/schemas';

// OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes. 2 is Algorithm.Argon2id, a const enum that
// stripped types cannot read.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2 } as const;

/** A new hash of a password (argon2id, PHC string). */
export function hashPassword(password: string): Promise<string> {
  return hash(normalizePassword(password), parameters);
}

/** A hash that no password matches, at the cost of a real one: what is verified where there is no user. */
export function createDummyHash(): Promise<string> {
  return hash(randomBytes(32), parameters);
}

/** Whether a text is a hash that can be verified: argon2 or, for imported users, bcrypt (`$2b$`). */
export function isHash(stored: string): boolean {
  return isBcrypt(stored) || isArgon(stored);
}

/** Whether the password is the hash's. */
export function verifyPassword(stored: string, password: string): Promise<boolean> {
  const normalized = normalizePassword(password);
  return isBcrypt(stored) ? verifyBcrypt(normalized, stored) : verify(stored, normalized);
}

/** Whether the hash should be replaced, now that its password is at hand. */
export function isOutdated(stored: string): boolean {
  if (isBcrypt(stored)) return true;
  const { memoryCost, timeCost, parallelism, algorithm } = parseOptions(stored);
  return (
    memoryCost !== parameters.memoryCost ||
    timeCost !== parameters.timeCost ||
    parallelism !== parameters.parallelism ||
    algorithm !== parameters.algorithm
  );
}

function isBcrypt(stored: string): boolean {
  return /^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/.test(stored);
}

function isArgon(stored: string): boolean {
  try {
    parseOptions(stored);
    return true;
  } catch {
    return false; // not a PHC string of argon2
  }
}
