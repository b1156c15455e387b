import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { ProblemSchema } from '@repo/schemas';
import { sendRaw } from '../testing/raw-request.ts';
import { refuseMalformed } from './refuse-malformed.ts';

// The parser's other refusals come about with real bytes in problems.test.ts; this one takes ten seconds there.
const server = createServer((socket) => {
  refuseMalformed(Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
});
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => server.close());

test('a request that does not arrive in time is 408', async () => {
  const answer = await sendRaw(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'GET / HT');
  assert.equal(answer.status, 408);
  assert.equal(ProblemSchema.parse(JSON.parse(answer.body)).code, 'request-timeout');
  assert.equal(answer.headers.get('connection'), 'close');
});
