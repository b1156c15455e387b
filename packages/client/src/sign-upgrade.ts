import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { signatureHeaders, signedText } from '@repo/schemas';
import type { ApiKeyCredentials } from './sign-request.ts';

/** The headers that open a WebSocket for an API key with the scope `read`; new ones for each connection. */
export function signUpgrade({ id, privateKey }: ApiKeyCredentials, url: string): Readonly<Record<string, string>> {
  const { pathname, search } = new URL(url);
  const parts = {
    method: 'GET',
    path: `${pathname}${search}`,
    keyId: id,
    timestamp: String(Date.now()),
    nonce: randomUUID(),
    bodyHash: createHash('sha256').digest('hex'),
  };
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' });
  return {
    [signatureHeaders.keyId]: id,
    [signatureHeaders.timestamp]: parts.timestamp,
    [signatureHeaders.nonce]: parts.nonce,
    [signatureHeaders.signature]: sign(null, Buffer.from(signedText(parts)), key).toString('base64url'),
  };
}
