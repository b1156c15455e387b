import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { EmbeddedBroker, ensureTopics, followTopic, type Kafka, publish } from '@repo/kafka';
import type { TradeAnswer, TradeCommand } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { until } from '../testing/until.ts';
import { TradeCommands, TradingBusyError, TradingUnavailableError } from './trade-commands.ts';

const accountId = randomUUID();
const metrics = createMetrics();

let broker: EmbeddedBroker;
let kafka: Kafka;
let commands: TradeCommands;
let received: TradeCommand[];
let follower: ReturnType<typeof followTopic>;

beforeEach(async () => {
  broker = new EmbeddedBroker();
  kafka = broker.connect();
  await ensureTopics(kafka);
  received = [];
  follower = followTopic(kafka, {
    topic: 'trade-commands',
    onMessages: (messages) => received.push(...messages.map(({ message }) => message)),
  });
  commands = createCommands();
  await Promise.all([commands.ready, follower.ready]);
});

afterEach(async () => {
  await Promise.all([commands.close(), follower.close()]);
  await kafka.close();
});

function createCommands(timeoutMs = 5_000): TradeCommands {
  metrics.clear();
  const logger = createLogger({ level: 'silent', destination: { write: () => {} } });
  return new TradeCommands({ kafka, logger, metrics, timeoutMs, outstandingMax: 3 });
}

const cancel = (orderId: number, commandId?: string, from = commands) =>
  from.ask({ type: 'cancel-order', accountId, data: { orderId }, ...(commandId && { commandId }) });

function answer(command: TradeCommand | undefined, outcome: object, replyTo = command?.replyTo ?? ''): Promise<void> {
  const message = { id: randomUUID(), at: Date.now(), commandId: command?.commandId ?? '', shard: 7, outcome };
  return publish(kafka, 'trade-answers', replyTo, message as TradeAnswer);
}

const accepted = { type: 'accepted', events: [] };
const orderOf = ({ data }: TradeCommand) => ('orderId' in data ? data.orderId : undefined);

async function counted(name: string): Promise<number> {
  const line = (await metrics.metrics()).split('\n').find((text) => text.startsWith(name));
  return Number(line?.split(' ').at(-1));
}

test('commands go under the key of their account, with a name and an end; answers find them in any order', async () => {
  const both = Promise.all([cancel(1), cancel(2)]);
  await until(() => received.length === 2);
  for (const { expiresAt, at, commandId } of received) {
    assert.equal(expiresAt - at, 5_000);
    assert.match(commandId, /^[0-9a-f-]{36}$/);
  }
  const of = (orderId: number) => received.find((command) => orderOf(command) === orderId);
  await answer(of(2), { type: 'refused', code: 'order-not-open', figures: { orderId: 2 } });
  await answer(of(1), accepted);
  assert.deepEqual(await both, [
    { shard: 7, outcome: accepted },
    { shard: 7, outcome: { type: 'refused', code: 'order-not-open', figures: { orderId: 2 } } },
  ]);
});

test('two who ask for the same command each get its answer', async () => {
  const commandId = randomUUID();
  const both = Promise.all([cancel(1, commandId), cancel(1, commandId)]);
  await until(() => received.length === 2);
  await answer(received[0], accepted);
  assert.deepEqual(await both, [
    { shard: 7, outcome: accepted },
    { shard: 7, outcome: accepted },
  ]);
});

test('answers to others, doubles and rubbish are passed, the true one counts', async () => {
  await kafka.send('trade-answers', [{ key: 'x', value: 'rubbish' }]);
  const asked = cancel(1);
  await until(() => received.length === 1);
  await answer({ ...received[0], commandId: randomUUID() } as TradeCommand, accepted);
  await answer(received[0], { type: 'refused', code: 'no-such-code', figures: {} });
  await answer(received[0], accepted);
  await answer(received[0], { type: 'refused', code: 'order-not-open', figures: {} });
  assert.deepEqual(await asked, { shard: 7, outcome: accepted });
  assert.equal(await counted('cfd_api_server_invalid_trade_answers_total'), 2);
});

test('no answer in time is unavailable, and the next command works', async () => {
  await commands.close();
  commands = createCommands(30);
  await commands.ready;
  await assert.rejects(cancel(1), TradingUnavailableError);
  assert.equal(await counted('cfd_api_server_trade_commands_outstanding'), 0);
  await commands.close();
  commands = createCommands();
  await commands.ready;
  const next = cancel(2);
  await until(() => received.some((command) => orderOf(command) === 2));
  await answer(received.at(-1), accepted);
  await next;
});

test('so many may be out; one more is refused at once and not sent; stopping ends them', async () => {
  const out = Promise.allSettled([1, 2, 3].map((orderId) => cancel(orderId)));
  await assert.rejects(cancel(4), TradingBusyError);
  await until(() => received.length === 3);
  await commands.close();
  for (const result of await out) {
    assert.ok(result.status === 'rejected' && result.reason instanceof TradingUnavailableError);
  }
  assert.equal(received.length, 3);
});

test('a log that is away is unavailable; when it is back everything works', async () => {
  broker.interrupt();
  await assert.rejects(cancel(1), TradingUnavailableError);
  broker.restore();
  const asked = cancel(2);
  await until(() => received.some((command) => orderOf(command) === 2));
  await answer(received.at(-1), accepted);
  await asked;
});
