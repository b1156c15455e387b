import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { Ed25519PublicKeySchema } from '@repo/schemas';
import { createApiClient } from './api-client.ts';
import { createCookieJar } from './create-cookie-jar.ts';
import { createKeyPair, type KeyPair } from './create-key-pair.ts';
import { createRequestSigner } from './sign-request.ts';
import { signUpgrade } from './sign-upgrade.ts';

const id = '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa';

interface Seen {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Put together anew from what is documented, not with what the signer uses. */
function isSignedBy({ publicKey }: KeyPair, { line, headers, body }: Seen): boolean {
  const [method, path] = line.split(' ');
  const { 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature } = headers;
  const hash = createHash('sha256').update(body).digest('hex');
  const text = `cfd-broker-v1\n${method}\n${path}\n${id}\n${String(timestamp)}\n${String(nonce)}\n${hash}`;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(String(signature), 'base64url'));
}

describe('a signed request', () => {
  it('is signed with a pair that the server takes', async () => {
    for (let count = 0; count < 20; count += 1) {
      const pair = await createKeyPair();
      assert.ok(Ed25519PublicKeySchema.safeParse(pair.publicKey).success);
      const headers = await createRequestSigner({ id, ...pair })({ method: 'GET', path: '/api/v1/me' });
      assert.ok(isSignedBy(pair, { line: 'GET /api/v1/me', headers, body: '' }));
      assert.ok(
        isSignedBy(pair, { line: 'GET /ws?a=b', headers: signUpgrade({ id, ...pair }, 'ws://h/ws?a=b'), body: '' }),
      );
    }
  });

  it('says what is sent, with a nonce of its own each time, and no cookies', async () => {
    const pair = await createKeyPair();
    const seen: Seen[] = [];
    const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
    async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      response.writeHead(503, { 'content-type': 'application/json', 'set-cookie': 'access=new; Path=/' }).end('{}');
    }
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cookies = createCookieJar();
    cookies.store(baseUrl, ['access=old; Path=/']);
    const client = createApiClient({ baseUrl, cookies, apiKey: { id, ...pair } });
    const order = { asset: 'SOL_USDC', side: 'buy', type: 'market', quantity: '1' } as const;
    await assert.rejects(client.placeOrder({ clientOrderId: 'ünï', ...order }, { retryForMs: 600 }));
    await assert.rejects(client.candles({ asset: 'Ü %/&', interval: '1m' }));
    await assert.rejects(client.cancelOrder('7-42'));
    server.closeAllConnections();
    server.close();

    assert.ok(seen.length >= 4, `${seen.length} requests`);
    for (const one of seen) {
      assert.ok(isSignedBy(pair, one), one.line);
      assert.equal(one.headers.cookie, undefined);
      assert.equal(one.headers['x-api-key'], id);
    }
    assert.equal(new Set(seen.map(({ headers }) => headers['x-nonce'])).size, seen.length);
    assert.equal(cookies.header(baseUrl), 'access=old');
  });

  it('that is refused tells of a clock that is off, and of no other', async () => {
    const problem = { type: 'about:blank', title: 'Wrong.', status: 401, code: 'signature-incorrect' };
    const client = (date: Date) =>
      createApiClient({
        baseUrl: 'http://localhost',
        fetch: async () => Response.json(problem, { status: 401, headers: { date: date.toUTCString() } }),
      });
    const at = (ms: number) => client(new Date(Date.now() + ms)).me();
    await assert.rejects(at(-90_000), {
      message: /^Wrong\. The clock here is (?:89|90|91) s ahead of the server's\.$/,
    });
    await assert.rejects(at(90_000), { message: /^Wrong\. The clock here is (?:89|90) s behind the server's\.$/ });
    await assert.rejects(at(0), { message: 'Wrong.', code: 'signature-incorrect' });
  });

  it('cannot be made with what is no private key', async () => {
    for (const privateKey of ['', 'abc', '!', (await createKeyPair()).publicKey]) {
      await assert.rejects(createRequestSigner({ id, privateKey })({ method: 'GET', path: '/' }));
    }
  });
});
