import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { ProblemSchema, problemStatus } from '@repo/schemas';
import { type RawAnswer, rawPost, sendRaw } from '../testing/raw-request.ts';
import { startTestApiServer, type TestApiServer } from '../testing/start-test-api-server.ts';

let api: TestApiServer;
before(async () => {
  api = await startTestApiServer({ SIGNINS_PER_10_SECONDS: '1000' });
});
after(() => api.stop());

const signin = '/api/v1/signin';
const valid = JSON.stringify({ email: 'ada@example.com', password: 'five green parrots sing' });

function post(body: string | Uint8Array, headers: Record<string, string> = {}, path = signin): Promise<RawAnswer> {
  const own = { origin: api.origin, 'content-type': 'application/json' };
  return sendRaw(api.url, rawPost(path, { ...own, ...headers }, body));
}

/** Every refusal has this shape, whatever went wrong. */
function assertProblem(answer: RawAnswer, code: keyof typeof problemStatus): void {
  assert.equal(answer.status, problemStatus[code], answer.body);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const problem = ProblemSchema.parse(JSON.parse(answer.body));
  assert.equal(problem.code, code);
  assert.equal(problem.status, answer.status);
  assert.ok(problem.requestId);
  assert.equal(answer.headers.get('x-request-id'), problem.requestId);
}

test('the request that all of these differ from is refused for its password alone', async () => {
  assertProblem(await post(valid), 'credentials-incorrect');
  assertProblem(await post(valid, { 'content-type': 'Application/JSON; charset=UTF-8' }), 'credentials-incorrect');
});

test('bytes that are no HTTP', async () => {
  for (const bytes of [
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'\0'} HTTP/1.1\r\nhost: a\r\n\r\n`,
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: many\r\n\r\n',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\nbad header: a\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n folded\r\n\r\n',
  ]) {
    assertProblem(await sendRaw(api.url, bytes), 'malformed-request');
  }
});

test('headers without end', async () => {
  assertProblem(
    await sendRaw(api.url, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`),
    'headers-too-large',
  );
  assertProblem(await sendRaw(api.url, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`), 'headers-too-large');
});

test('nothing here, or nothing for this method', async () => {
  const send = (line: string) => sendRaw(api.url, `${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  for (const path of [
    '/',
    '/api/v1',
    '/api/v1/me/',
    '/API/V1/ME',
    '/api/v1/users/1',
    '/%zz',
    '/..%2f..%2fetc/passwd',
    '/docs/static/../../../package.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
  ]) {
    assertProblem(await send(`GET ${path}`), 'not-found');
  }
  const me = await send('DELETE /api/v1/me');
  assertProblem(me, 'method-not-allowed');
  assert.equal(me.headers.get('allow'), 'GET, HEAD');
  const get = await send(`GET ${signin}?x=1`);
  assertProblem(get, 'method-not-allowed');
  assert.equal(get.headers.get('allow'), 'POST');
  assertProblem(await send('TRACE /api/v1/me'), 'method-not-allowed');
  assertProblem(await send('PROPFIND /api/v1/me'), 'method-not-allowed');
});

test('bodies that are not JSON, or ambiguous JSON', async () => {
  const bodies: (string | Uint8Array)[] = [
    '',
    '{',
    'email=ada',
    "{'email':1}",
    `${valid}x`,
    '{"email":"ada@example.com","password":NaN}',
    '{"email":"ada@example.com","email":"eve@example.com","password":"five green parrots sing"}',
    '{"email":"ada@example.com","password":"a","__proto__":{"admin":true}}',
    '{"email":"ada@example.com","password":"a","constructor":{"prototype":{"admin":true}}}',
    `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
    `{"email":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`,
    Buffer.from(valid.replace('ada', 'ad\u00e9'), 'latin1'),
    Buffer.from(valid, 'utf16le'),
  ];
  for (const body of bodies) assertProblem(await post(body), 'invalid-json');
});

test('JSON of the wrong shape says where, and never what', async () => {
  const bodies = [
    'null',
    '[]',
    '"text"',
    '7',
    '{}',
    '{"email":"ada@example.com"}',
    '{"email":["ada@example.com"],"password":"five green parrots sing"}',
    '{"email":["ada@example.com","eve@example.com"],"password":"five green parrots sing"}',
    '{"email":{"$ne":null},"password":"five green parrots sing"}',
    '{"email":"ada@example.com","password":{"length":20}}',
    '{"email":"ada@example.com","password":12345678901234}',
    '{"email":"ada@example.com","password":"five green parrots sing","userId":"1"}',
    '{"email":"not an address","password":"five green parrots sing"}',
    '{"email":"ada@example.com","password":"nul\\u0000nul-parrots"}',
    '{"email":"ada@example.com","password":"half \\ud83d parrots"}',
  ];
  for (const body of bodies) {
    const answer = await post(body);
    assertProblem(answer, 'invalid-request');
    assert.doesNotMatch(answer.body, /parrots/);
    assert.ok((JSON.parse(answer.body).errors as unknown[]).length > 0);
  }
});

test('bodies that are too large, announced or not', async () => {
  const large = JSON.stringify({ email: 'ada@example.com', password: 'a'.repeat(10 * 1024 * 1024) });
  assertProblem(await post(large), 'body-too-large');
  const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
  const head = `POST ${signin} HTTP/1.1\r\nhost: a\r\norigin: ${api.origin}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  assertProblem(await sendRaw(api.url, head + chunk.repeat(40)), 'body-too-large');
  assertProblem(await post(JSON.stringify({ email: 'ada@example.com', password: 'a'.repeat(513) })), 'invalid-request');
});

test('bodies that are something else, or packed', async () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'application/xml',
  ];
  const nearly = [
    'application/json; charset=utf-16',
    'application/jsonp',
    'text/json',
    'application/json, text/plain',
    'application/json; charset=utf-8; a=b',
  ];
  for (const type of [...types, ...nearly]) {
    assertProblem(await post(valid, { 'content-type': type }), 'media-type-not-supported');
  }
  for (const encoding of ['gzip', 'br', 'deflate', 'gzip, gzip', 'zstd']) {
    assertProblem(await post(valid, { 'content-encoding': encoding }), 'media-type-not-supported');
  }
});

test('a client that stops in the middle of its body is nobody’s failure', async () => {
  const { hostname, port } = new URL(api.url);
  const headers = { origin: api.origin, 'content-type': 'application/json', 'content-length': '500' };
  for (const end of ['destroy', 'resetAndDestroy'] as const) {
    const socket = connect(Number(port), hostname);
    socket.write(rawPost(signin, headers, valid), () => socket[end]());
    await once(socket, 'close');
  }
  assertProblem(await post(valid), 'credentials-incorrect');
  assert.doesNotMatch(api.logs(), /"level":50/);
});

test('every answer carries what browsers must know', async () => {
  const answer = await sendRaw(api.url, 'GET /api/v1/prices HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'");
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('x-frame-options'), 'DENY');
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.has('strict-transport-security'), false, 'only over HTTPS');
  assert.equal(answer.headers.has('x-powered-by'), false);
});

test('a request id from outside is not taken over', async () => {
  const answer = await sendRaw(
    api.url,
    'GET /healthz HTTP/1.1\r\nhost: a\r\nx-request-id: evil\r\nrequest-id: evil\r\n\r\n',
  );
  assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});
