import { toBase64Url } from './base64-url.ts';

export interface KeyPair {
  /** The raw 32 bytes in base64url: what `createApiKey` registers. */
  readonly publicKey: string;
  /** PKCS #8 in base64url. Keep it where only the program can read it; the server never sees it. */
  readonly privateKey: string;
}

/** Makes an Ed25519 key pair for an API key. */
export async function createKeyPair(): Promise<KeyPair> {
  const made = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const pair = made as { publicKey: CryptoKey; privateKey: CryptoKey };
  const [publicKey, privateKey] = await Promise.all([
    crypto.subtle.exportKey('raw', pair.publicKey),
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
  ]);
  return { publicKey: toBase64Url(new Uint8Array(publicKey)), privateKey: toBase64Url(new Uint8Array(privateKey)) };
}
