import { randomUUID } from 'node:crypto';
import { changed, type MalformedMessage, malformedAnyhow, SECRET } from './malformed-message.ts';
import type { MessageStack } from './start-message-stack.ts';

/** What can be wrong with a request to the user store, as its schema sees it and as the db-processor does. */
export async function malformedUserRequests(stack: MessageStack): Promise<readonly MalformedMessage[]> {
  const email = `malformed-${randomUUID()}@example.com`;
  const session = { sessionId: randomUUID(), device: 'Firefox', addressBlock: '192.0.2.1' };
  const check = stack.request('check', { email });
  const sealed = await stack.seal(SECRET);
  const auth = stack.request('auth', { email, password: sealed, session });
  const rotation = stack.request('rotate-session', { sessionId: randomUUID(), generation: 0 });
  const key = stack.request('create-api-key', {
    userId: randomUUID(),
    name: 'bot',
    scopes: ['read'],
    publicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    addressBlock: '192.0.2.1',
  });
  const keyData = (fields: Readonly<Record<string, unknown>>) => changed(key, { data: { ...key.data, ...fields } });
  const data = (fields: Readonly<Record<string, unknown>>) => changed(auth, { data: { ...auth.data, ...fields } });
  const sealedTo = async (password: string) => data({ password: await stack.seal(password) });
  const altered = sealed.replace(/\.([^.])(?=[^.]*\.[^.]*$)/, (_, first: string) => (first === 'A' ? '.B' : '.A'));

  const cases: Record<string, [value: string, reason: RegExp]> = {
    'an unknown type': [changed(check, { type: 'drop-users' }), /at type/],
    'a type of JavaScript': [changed(check, { type: '__proto__' }), /at type/],
    'no type': [changed(check, { type: undefined }), /at type/],
    'the data of another type': [changed(check, { data: rotation.data }), /at data/],
    'no data': [changed(check, { data: null }), /at data/],
    'data with a field more': [data({ isAdmin: true }), /Unrecognized key: "isAdmin"/],
    'an open password': [data({ password: SECRET }), /must be a compact JWE/],
    'a sealed password that is too long': [data({ password: `${sealed}${'A'.repeat(5_000)}` }), /at data\.password/],
    'a password sealed to somebody else': [
      data({ password: await stack.sealToAnother(SECRET) }),
      /was not sealed to this/,
    ],
    'an altered password': [data({ password: altered }), /was altered/],
    'a password that is no JWE inside': [data({ password: 'e30.e30.e30.e30.e30' }), /was not sealed to this/],
    'an empty password': [await sealedTo(''), /not one that an api-server accepts/],
    'a password of 600 letters': [await sealedTo(SECRET.padEnd(600, '.')), /not one that an api-server accepts/],
    'a password with NUL': [await sealedTo(`${SECRET}\0`), /not one that an api-server accepts/],
    'an address in capitals': [data({ email: email.toUpperCase() }), /not in canonical form/],
    'an address with spaces': [data({ email: ` ${email}` }), /not in canonical form/],
    'an address that is none': [data({ email: 'nobody' }), /not in canonical form/],
    'an empty address': [data({ email: '' }), /not in canonical form/],
    'an address with a look-alike letter': [data({ email: email.replace('m', 'м') }), /not in canonical form/],
    'an address with NUL': [data({ email: `${email}\0` }), /not in canonical form/],
    'an address of 300 letters': [data({ email: `${'a'.repeat(290)}@example.com` }), /at data\.email/],
    'a generation below zero': [
      changed(rotation, { data: { ...rotation.data, generation: -1 } }),
      /at data\.generation/,
    ],
    'a generation and a half': [
      changed(rotation, { data: { ...rotation.data, generation: 1.5 } }),
      /at data\.generation/,
    ],
    'a session that is none': [changed(rotation, { data: { sessionId: SECRET, generation: 0 } }), /at data\.sessionId/],
    'a device with NUL': [data({ session: { ...session, device: 'Fire\0fox' } }), /at data\.session\.device/],
    'an address block cut in a letter': [
      data({ session: { ...session, addressBlock: '\ud83d' } }),
      /at data\.session\.addressBlock/,
    ],
    'an API key with NUL in its name': [keyData({ name: 'b\0t' }), /at data\.name/],
    'an API key with a scope that there is not': [keyData({ scopes: ['rule'] }), /at data\.scopes/],
    'an API key of small order': [
      keyData({ publicKey: Buffer.alloc(32).toString('base64url') }),
      /must be an Ed25519 public key/,
    ],
    'an API key of nobody': [keyData({ userId: SECRET }), /at data\.userId/],
    'no one to answer': [changed(check, { replyTo: '' }), /at replyTo/],
    'a request id that is none': [changed(check, { requestId: SECRET }), /at requestId/],
    'no end': [changed(check, { expiresAt: undefined }), /at expiresAt/],
  };
  return [
    ...malformedAnyhow(check, email),
    ...Object.entries(cases).map(([what, [value, reason]]) => ({ what, message: { key: email, value }, reason })),
  ];
}
