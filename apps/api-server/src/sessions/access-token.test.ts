import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import type { SessionData } from '@repo/schemas';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createAccessTokens } from './access-token.ts';

const secret = 'a-secret-of-the-tests-0123456789abcdef';
const tokens = await createAccessTokens({ secret, lifetimeSeconds: 600 });
const now = Date.now();
const session: SessionData = {
  sessionId: '6f1f64a6-5b1c-4a0c-9d53-0c2f3f1f8a11',
  user: { userId: 'user-1', email: 'ada@example.com', createdAt: now },
  generation: 0,
  idleExpiresAt: now + 3_600_000,
  absoluteExpiresAt: now + 86_400_000,
};
const claims = { userId: 'user-1', sessionId: session.sessionId };

/** A token like ours but for what a test changes. */
function forge(change: { header?: object; payload?: object; key?: Parameters<SignJWT['sign']>[0] } = {}) {
  const seconds = Math.floor(Date.now() / 1000);
  const payload = { iss: 'cfd-broker', aud: 'cfd-broker-api', sub: 'user-1', sid: session.sessionId };
  return new SignJWT({ ...payload, iat: seconds, exp: seconds + 600, ...change.payload })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...change.header })
    .sign(change.key ?? createSecretKey(Buffer.from(secret)));
}

test('its own tokens verify, and end with the session at the latest', async () => {
  const { token, expiresAt } = await tokens.issue(session);
  assert.deepEqual(await tokens.verify(token), claims);
  assert.ok(expiresAt <= Date.now() + 600_000);
  const ending = await tokens.issue({ ...session, absoluteExpiresAt: Date.now() + 30_000 });
  assert.ok(ending.expiresAt <= Date.now() + 30_000);
  assert.deepEqual(await tokens.verify(await forge()), claims, 'the forgery is like the real one');
});

test('a token that was verified before ends at its time all the same', async (context) => {
  context.mock.timers.enable({ apis: ['Date'], now });
  const { token } = await tokens.issue(session);
  assert.deepEqual(await tokens.verify(token), claims);
  context.mock.timers.setTime(now + 599_000);
  assert.deepEqual(await tokens.verify(token), claims);
  context.mock.timers.setTime(now + 606_000);
  assert.equal(await tokens.verify(token), undefined);
});

test('a token without a signature is nothing', async () => {
  const unsecured = new UnsecuredJWT({ sid: session.sessionId })
    .setIssuer('cfd-broker')
    .setAudience('cfd-broker-api')
    .setSubject('user-1')
    .setIssuedAt()
    .setExpirationTime('10m')
    .encode();
  assert.equal(await tokens.verify(unsecured), undefined);
  const [, payload = '', signature = ''] = (await forge()).split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  for (const end of ['', signature]) assert.equal(await tokens.verify(`${none}.${payload}.${end}`), undefined);
});

test('another algorithm or a key that the token brings along is nothing', async () => {
  const rsa = await generateKeyPair('RS256');
  const jwk = await exportJWK(rsa.publicKey);
  assert.equal(await tokens.verify(await forge({ header: { alg: 'RS256' }, key: rsa.privateKey })), undefined);
  const withJwk = await forge({ header: { alg: 'RS256', jwk }, key: rsa.privateKey });
  assert.equal(await tokens.verify(withJwk), undefined);
  const longEnough = createSecretKey(Buffer.from(secret.repeat(2)));
  assert.equal(await tokens.verify(await forge({ header: { alg: 'HS512' }, key: longEnough })), undefined);
  const own = createSecretKey(Buffer.from('b'.repeat(32)));
  const ownJwk = { kty: 'oct', k: Buffer.from('b'.repeat(32)).toString('base64url') };
  for (const header of [{ jwk: ownJwk }, { kid: '../../dev/null' }, { jku: 'https://evil.example/keys' }]) {
    assert.equal(await tokens.verify(await forge({ header, key: own })), undefined);
    assert.deepEqual(await tokens.verify(await forge({ header })), claims, 'our key decides, the header is not read');
  }
});

test('wrong type, issuer, audience, times or claims are nothing', async () => {
  const seconds = Math.floor(Date.now() / 1000);
  const wrong = [
    { header: { typ: 'JWT' } },
    { header: { typ: undefined } },
    { payload: { iss: 'another' } },
    { payload: { aud: 'another' } },
    { payload: { sub: undefined } },
    { payload: { sub: '' } },
    { payload: { sid: undefined } },
    { payload: { sid: 'not-an-id' } },
    { payload: { exp: undefined } },
    { payload: { iat: undefined } },
    { payload: { exp: seconds - 6 } },
    { payload: { iat: seconds - 700, exp: seconds + 600 } },
    { payload: { nbf: seconds + 60 } },
  ];
  for (const change of wrong) assert.equal(await tokens.verify(await forge(change)), undefined, JSON.stringify(change));
});

test('a token altered anywhere is nothing, and no text makes it throw', async () => {
  const { token } = await tokens.issue(session);
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '.', '-', '='), async (at, char) => {
      const altered = token.slice(0, at) + char + token.slice(at + 1);
      fc.pre(altered !== token);
      // The last character of base64url carries unused bits: another one may stand for the same bytes.
      fc.pre(at !== token.length - 1);
      assert.equal(await tokens.verify(altered), undefined);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      assert.equal(await tokens.verify(text), undefined);
    }),
  );
});
