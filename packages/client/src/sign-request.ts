import { signatureHeaders, signedText } from '@repo/schemas';
import { ofBase64Url, toBase64Url } from './base64-url.ts';

/** An API key as a program holds it. */
export interface ApiKeyCredentials {
  readonly id: string;
  /** PKCS #8 in base64url, as `createKeyPair` makes it. Worth as much as a password. */
  readonly privateKey: string;
}

export interface RequestToSign {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body?: string;
}

/** Gives the headers of a request. Each call makes other ones: the server takes them once, and not for long. */
export type RequestSigner = (request: RequestToSign) => Promise<Readonly<Record<string, string>>>;

const algorithm = { name: 'Ed25519' } as const;

/** A signer with Web Crypto, which browsers have too. The first call throws when the private key is none. */
export function createRequestSigner({ id, privateKey }: ApiKeyCredentials): RequestSigner {
  let imported: Promise<CryptoKey> | undefined;
  return async ({ method, path, body = '' }) => {
    imported ??= crypto.subtle.importKey('pkcs8', ofBase64Url(privateKey), algorithm, false, ['sign']);
    const key = await imported;
    const bodyHash = hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body)));
    const parts = {
      method,
      path: pathAsSent(path),
      keyId: id,
      timestamp: String(Date.now()),
      nonce: newNonce(),
      bodyHash,
    };
    const text = new TextEncoder().encode(signedText(parts));
    const signature = await crypto.subtle.sign(algorithm, key, text);
    return {
      [signatureHeaders.keyId]: id,
      [signatureHeaders.timestamp]: parts.timestamp,
      [signatureHeaders.nonce]: parts.nonce,
      [signatureHeaders.signature]: toBase64Url(new Uint8Array(signature)),
    };
  };
}

/** As `fetch` writes it into the request. */
function pathAsSent(path: string): string {
  const { pathname, search } = new URL(path, 'http://localhost');
  return `${pathname}${search}`;
}

// Not randomUUID: pages without TLS lack it.
function newNonce(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
