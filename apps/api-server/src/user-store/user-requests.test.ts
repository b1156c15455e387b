import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { EmbeddedBroker, ensureTopics, followTopic, type Kafka, KafkaUnavailableError, publish } from '@repo/kafka';
import type { UserRequest, UserResponse } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { until } from '../testing/until.ts';
import { UserRequests, UserStoreBusyError, UserStoreUnavailableError } from './user-requests.ts';

let broker: EmbeddedBroker;
let kafka: Kafka;
let users: UserRequests;
let received: UserRequest[];
let follower: ReturnType<typeof followTopic>;

beforeEach(async () => {
  broker = new EmbeddedBroker();
  kafka = broker.connect();
  await ensureTopics(kafka);
  received = [];
  follower = followTopic(kafka, {
    topic: 'user-requests',
    onMessages: (messages) => received.push(...messages.map(({ message }) => message)),
  });
  users = createUsers();
  await Promise.all([users.ready, follower.ready]);
});

afterEach(async () => {
  await Promise.all([users.close(), follower.close()]);
  await kafka.close();
});

function createUsers(timeoutMs = 5_000): UserRequests {
  const logger = createLogger({ level: 'silent', destination: { write: () => {} } });
  return new UserRequests({ kafka, logger, metrics: createMetrics(), timeoutMs, outstandingMax: 3 });
}

const check = (email: string, from = users) => from.ask('check', email, { email });

function respond(request: UserRequest | undefined, response: Partial<UserResponse>): Promise<void> {
  const { requestId = '', replyTo = '' } = request ?? {};
  const message = { id: randomUUID(), at: Date.now(), requestId, ...response } as UserResponse;
  return publish(kafka, 'user-responses', replyTo, message);
}

const exists = (value: boolean): Partial<UserResponse> => ({ success: true, data: { exists: value } });

test('answers find their requests, in whatever order they come', async () => {
  const answers = Promise.all([check('a@example.com'), check('b@example.com')]);
  await until(() => received.length === 2);
  const of = (email: string) => received.find(({ data }) => 'email' in data && data.email === email);
  await respond(of('b@example.com'), exists(true));
  await respond(of('a@example.com'), exists(false));
  assert.deepEqual(await answers, [
    { success: true, data: { exists: false } },
    { success: true, data: { exists: true } },
  ]);
});

test('requests say who asks and until when, under the key of their user', async () => {
  const answer = check('a@example.com');
  await until(() => received.length === 1);
  const [request] = received;
  assert.equal(request?.type, 'check');
  assert.ok((request?.expiresAt ?? 0) - (request?.at ?? 0) === 5_000);
  await respond(request, exists(true));
  await answer;
});

test('a refusal is an answer; busy is thrown with how long to wait', async () => {
  const refused = check('a@example.com');
  await until(() => received.length === 1);
  await respond(received[0], { success: false, data: {}, error: 'already-exists' });
  assert.deepEqual(await refused, { success: false, error: 'already-exists' });

  const busy = check('a@example.com');
  await until(() => received.length === 2);
  const thrown = assert.rejects(busy, (error) => error instanceof UserStoreBusyError && error.retryAfterSeconds === 7);
  await respond(received[1], { success: false, data: { retryAfterSeconds: 7 }, error: 'busy' });
  await thrown;
});

test('an answer of another shape than the request calls for is passed: the true one may still come', async () => {
  const answer = check('a@example.com');
  await until(() => received.length === 1);
  await respond(received[0], { success: true, data: { exists: 'perhaps' } });
  await respond(received[0], exists(true));
  assert.deepEqual(await answer, { success: true, data: { exists: true } });
});

test('answers for others, late ones, doubles and rubbish are passed', async () => {
  await kafka.send('user-responses', [{ key: 'x', value: 'rubbish' }]);
  await respond(undefined, exists(true)).catch(() => {});
  const answer = check('a@example.com');
  await until(() => received.length === 1);
  await respond({ ...received[0], requestId: randomUUID() } as UserRequest, exists(false));
  await respond(received[0], exists(true));
  await respond(received[0], exists(false));
  assert.deepEqual(await answer, { success: true, data: { exists: true } });
});

test('no answer in time is unavailable, and the next request works', async () => {
  const hasty = createUsers(30);
  await hasty.ready;
  await assert.rejects(check('a@example.com', hasty), UserStoreUnavailableError);
  await hasty.close();
  const answer = check('b@example.com');
  await until(() => received.length === 2);
  await respond(received[1], exists(true));
  await answer;
});

test('so many requests may be out, one more is refused at once', async () => {
  const out = Promise.allSettled(['a', 'b', 'c'].map((name) => check(`${name}@example.com`)));
  await assert.rejects(check('d@example.com'), UserStoreBusyError);
  await users.close();
  const results = await out;
  assert.ok(results.every((result) => result.status === 'rejected'));
});

test('a log that is away is unavailable; when it is back everything works', async () => {
  broker.interrupt();
  await assert.rejects(check('a@example.com'), KafkaUnavailableError);
  broker.restore();
  const answer = check('a@example.com');
  await until(() => received.length === 1);
  await respond(received[0], exists(true));
  assert.deepEqual(await answer, { success: true, data: { exists: true } });
});
