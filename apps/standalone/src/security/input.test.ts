import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Browser, codeOf, type RawAnswer, rawPost, sendRaw } from '@repo/api-server/testing';
import { ProblemSchema } from '@repo/schemas';
import { password, type SecurityStack, startSecurityStack } from './start-security-stack.ts';

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

let stack: SecurityStack;
let openApi: OpenApi;
let signedIn: Browser;
before(async () => {
  stack = await startSecurityStack();
  signedIn = await stack.signedUp('ada@example.com');
  openApi = (await stack.browser().get('/openapi.json')).body as OpenApi;
});
after(() => stack.stop());

/** A valid value for each field that a body has; a body of a new endpoint with another field fails until it is here. */
const samples: Readonly<Record<string, unknown>> = {
  email: 'stored@example.com',
  password: 'six blue herons dance',
  otp: '123456',
  clientRequestId: 'sample-1',
  // Nobody's, so that what is whole is refused too.
  accountId: '00000000-0000-4000-8000-000000000000',
  mode: 'hedging',
  profile: 'esma',
  amount: '1',
  clientOrderId: 'sample-1',
  asset: 'SOL_USDC',
  side: 'buy',
  type: 'market',
  quantity: '1',
  limitPrice: '1',
  stopPrice: '1',
  stopLoss: '1',
  takeProfit: '1000',
  trailingDistance: '1',
  timeInForce: 'ioc',
  expiresAt: 4_000_000_000_000,
  seenPrice: '100',
  maxSlippage: '1',
  name: 'sample',
  scopes: ['read'],
  publicKey: 'not a key',
  expiresInDays: 1,
};

function bodyOf(operation: Operation): JsonSchema | undefined {
  const schema = operation.requestBody?.content['application/json']?.schema;
  return schema?.$ref === undefined ? schema : openApi.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
}

function endpoints(method: string): readonly (readonly [path: string, operation: Operation])[] {
  return Object.entries(openApi.paths).flatMap(([path, methods]) => {
    const operation = methods[method];
    return operation === undefined ? [] : [[path, operation] as const];
  });
}

function validBody(fields: readonly string[]): Record<string, unknown> {
  for (const field of fields) assert.ok(field in samples, `a sample for ${field}`);
  return Object.fromEntries(fields.map((field) => [field, samples[field]]));
}

function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const own = { origin: stack.webOrigin, 'content-type': 'application/json', cookie: signedIn.cookieHeader };
  return sendRaw(stack.apiUrl, rawPost(path, { ...own, ...headers }, body));
}

function assertRefused(answer: { status: number; headers: RawAnswer['headers']; body: string }, what: string): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.body}`);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
  assert.equal(ProblemSchema.parse(JSON.parse(answer.body)).status, answer.status, what);
  assert.equal(answer.headers.has('set-cookie'), false, what);
}

/** Bodies that no endpoint may take, by what is wrong with them. */
function wrongBodies(schema: JsonSchema | undefined): readonly (readonly [what: string, body: string | Uint8Array])[] {
  const fields = Object.keys(schema?.properties ?? {});
  const valid = validBody(fields);
  const text = JSON.stringify(valid);
  const withMember = (member: string) => `${text.slice(0, -1)}${fields.length === 0 ? '' : ','}${member}}`;
  const wrongValues: readonly unknown[] = [
    null,
    7,
    true,
    [],
    {},
    '',
    [valid],
    { $gt: '' },
    { toString: 1 },
    'x'.repeat(600),
  ];
  return [
    ...['null', '[]', '7', '""', 'true', '', ' ', '{', text.slice(0, -1), `${text}${text}`, `[${text}]`].map(
      (body) => [`the body ${body.slice(0, 20)}`, body] as const,
    ),
    ...fields.flatMap((field) => [
      ...wrongValues.map(
        (value) =>
          [`${field} = ${JSON.stringify(value).slice(0, 20)}`, JSON.stringify({ ...valid, [field]: value })] as const,
      ),
      [`${field} as a list`, JSON.stringify({ ...valid, [field]: [valid[field]] })] as const,
      ...(schema?.required?.includes(field) === true
        ? [[`without ${field}`, JSON.stringify({ ...valid, [field]: undefined })] as const]
        : []),
      [`${field} twice`, withMember(`${JSON.stringify(field)}:${JSON.stringify(valid[field])}`)] as const,
    ]),
    ...['id', 'userId', 'role', 'isAdmin', 'session', 'accountId']
      .filter((key) => !fields.includes(key))
      .map((key) => [`unknown key ${key}`, withMember(`"${key}":"1"`)] as const),
    ['__proto__', withMember('"__proto__":{"isAdmin":true}')],
    ['constructor', withMember('"constructor":{"prototype":{"isAdmin":true}}')],
    ['a key twice', withMember('"a":1,"a":1')],
    ['depth 10,000', withMember(`"a":${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
    ['depth 4,000, within the size', withMember(`"a":${'['.repeat(4_000)}${']'.repeat(4_000)}`)],
    ['10 MB', withMember(`"a":"${'x'.repeat(10 * 1024 * 1024)}"`)],
    [
      'bad UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xc3, 0x28, 0x22]), Buffer.from(':1}')]),
    ],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['a gzip bomb, not announced', gzipSync(Buffer.alloc(10 * 1024 * 1024, 0x20))],
  ];
}

test('every endpoint that takes a body refuses every wrong one, and nothing is stored', async () => {
  const before = await stack.stored();
  let attacks = 0;
  for (const [path, operation] of endpoints('post')) {
    const schema = bodyOf(operation);
    for (const [what, body] of wrongBodies(schema)) {
      assertRefused(await post(path, body), `${path}: ${what}`);
      attacks += 1;
    }
    const valid = JSON.stringify(validBody(Object.keys(schema?.properties ?? {})));
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
      '',
    ]) {
      assertRefused(await post(path, valid, { 'content-type': type }), `${path}: content type ${type}`);
    }
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024, 0x20));
    assertRefused(await post(path, bomb, { 'content-encoding': 'gzip' }), `${path}: a gzip bomb`);
    for (const origin of [
      'https://evil.example',
      'null',
      `${stack.webOrigin}.evil.example`,
      `https://evil.example/${stack.webOrigin}`,
    ]) {
      assertRefused(await post(path, valid, { origin }), `${path}: from ${origin}`);
    }
  }
  assert.ok(attacks > 150, `only ${attacks} attacks: is the OpenAPI document whole?`);
  assert.deepEqual(await stack.stored(), before);
  assert.equal((await signedIn.get('/api/v1/me')).status, 200, 'nobody was signed out');
  assert.doesNotMatch(stack.logs(), /"level":50/, 'nothing that happened is an error of ours');
});

test('every endpoint that is read refuses what it does not know, and ignores nothing it should not', async () => {
  const wrong = [
    'x',
    '',
    '-1',
    '1e3',
    '0x10',
    ' 1',
    '１',
    '1.5',
    '9'.repeat(30),
    "'; drop table users; --",
    '../../etc/passwd',
    '\0',
  ];
  const needed: Readonly<Record<string, string>> = { asset: 'SOL_USDC', interval: '1m' };
  for (const [path, { parameters = [] }] of endpoints('get')) {
    if (parameters.length === 0 || parameters.some(({ in: place }) => place === 'path')) continue;
    const queried = parameters.filter(({ in: place }) => place === 'query');
    const valid = Object.fromEntries(
      queried.flatMap(({ name }) => (name in needed ? [[name, needed[name] ?? '']] : [])),
    );
    for (const { name } of queried) {
      for (const value of wrong) {
        const query = new URLSearchParams({ ...valid, [name]: value });
        const answer = await signedIn.get(`${path}?${query.toString()}`);
        assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${name}=${value}: ${answer.status}`);
        assert.ok(codeOf(answer), `${name}=${value}`);
      }
      const twice = `${new URLSearchParams(valid).toString()}&${name}=1&${name}=2`;
      assert.equal((await signedIn.get(`${path}?${twice}`)).status, 422, `${name} twice`);
    }
    for (const more of ['admin=1', '__proto__=1', 'constructor[prototype]=1', 'asset[]=SOL_USDC']) {
      const query = `${new URLSearchParams(valid).toString()}&${more}`;
      assert.equal((await signedIn.get(`${path}?${query}`)).status, 422, more);
    }
  }
});

test('times at the edge of what numbers can hold are no failure', async () => {
  const candles = async (from: string, to: string) =>
    (await stack.browser().get(`/api/v1/candles?asset=SOL_USDC&interval=1m&from=${from}&to=${to}`)).status;
  const last = '253402300799999';
  assert.deepEqual([await candles('0', '0'), await candles('5', '1'), await candles('0', last)], [200, 200, 200]);
  assert.deepEqual([await candles(last, '253402300800000'), await candles('999999999999999', '0')], [422, 422]);
});

test('twins of an address are the same user or no address at all', async () => {
  const before = await stack.stored();
  const twins = ['ADA@EXAMPLE.COM', ' ada@example.com ', 'Ada@Example.Com', 'ada@example.com\u2003'];
  for (const email of twins) {
    const answer = await stack.browser().post('/api/v1/signin', { email, password });
    assert.equal(answer.status, 200, JSON.stringify(email));
  }
  // Cyrillic а, full-width a, a with a combining dot, zero-width space, soft hyphen, right-to-left mark, dotless ı, İ.
  const looks = ['\u0430da', '\uff41da', 'a\u0307da', 'ad\u200ba', 'ad\u00ada', '\u202eada', 'ad\u0131', '\u0130da'];
  for (const local of looks) {
    const answer = await stack.browser().post('/api/v1/signup', { email: `${local}@example.com`, password });
    assert.equal(codeOf(answer), 'invalid-request', JSON.stringify(local));
  }
  for (const email of [
    'ada@ex\u0430mple.com',
    'ada@example.com\0',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com,eve@example.com',
    '"ada@evil"@example.com',
    'Ada <ada@example.com>',
    'ada@[127.0.0.1]',
  ]) {
    const answer = await stack.browser().post('/api/v1/signup', { email, password });
    assert.equal(codeOf(answer), 'invalid-request', JSON.stringify(email));
  }
  // The Kelvin sign becomes a plain k when it is lower-cased: the mail goes to the plain address, so this is its owner.
  await stack.signedUp('kim@example.com');
  await stack
    .browser()
    .post('/api/v1/signup', { email: '\u212aim@example.com', password: 'another password altogether' });
  assert.match(stack.mailbox.list()[0]?.subject ?? '', /already have/);
  const after = await stack.stored();
  assert.equal(after.users, before.users + 1, 'kim alone');
});

test('what a client says about hosts and addresses is in no mail and in no decision', async () => {
  const lies = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example;for=198.51.100.1',
    'x-original-url': '/api/v1/me',
    'x-http-method-override': 'GET',
    'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
    referer: 'https://evil.example/',
  };
  const body = JSON.stringify({ email: 'lied@example.com', password });
  const asked = await post('/api/v1/signup', body, { ...lies, cookie: '' });
  assert.equal(asked.status, 202);
  const [mail] = stack.mailbox.list();
  assert.equal(mail?.to, 'lied@example.com');
  assert.doesNotMatch(`${mail?.subject} ${mail?.text}`, /evil|http/);
  assert.equal((await stack.browser().get('/api/v1/me', lies)).status, 401);
});
