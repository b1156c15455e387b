import { Buffer } from 'node:buffer';
import type { Sealed } from '@repo/schemas';
import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';

// Sealed to a public key: whoever can read the log, the cache and every api-server still reads no password. Only the
// db-processor holds the private key.
const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

/** Encrypts a secret for the holder of the private key. */
export type Seal = (plaintext: string) => Promise<Sealed>;
/** @throws when the text was not sealed to this key or was altered. */
export type Unseal = (sealed: Sealed) => Promise<string>;

/** A new X25519 key pair as JWKs in JSON text, the form of the settings `SEALING_PUBLIC_KEY` and `SEALING_PRIVATE_KEY`. */
export async function generateSealingKeys(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await generateKeyPair(ALGORITHM, { crv: 'X25519', extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    publicKey: JSON.stringify({ ...publicJwk, kid }),
    privateKey: JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid }),
  };
}

export async function createSeal(publicKey: string): Promise<Seal> {
  const jwk = JSON.parse(publicKey) as JWK;
  const key = await importJWK(jwk, ALGORITHM);
  const header = { alg: ALGORITHM, enc: ENCRYPTION, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  return async (plaintext) =>
    (await new CompactEncrypt(Buffer.from(plaintext, 'utf8')).setProtectedHeader(header).encrypt(key)) as Sealed;
}

export async function createUnseal(privateKey: string): Promise<Unseal> {
  const key = await importJWK(JSON.parse(privateKey) as JWK, ALGORITHM);
  return async (sealed) => {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
    });
    return Buffer.from(plaintext).toString('utf8');
  };
}
