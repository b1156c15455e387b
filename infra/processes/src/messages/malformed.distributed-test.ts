import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Consumer, MessagesStreamModes } from '@platformatic/kafka';
import { createApiClient } from '@repo/client';
import { followTopic } from '@repo/kafka';
import {
  type AuditEvent,
  type PriceUpdate,
  type TopicName,
  type TradeCommand,
  topics,
  type UserRequest,
} from '@repo/schemas';
import { malformedAuditEvents } from './testing/malformed-audit-events.ts';
import { brokenHeaders, type MalformedMessage, SECRET } from './testing/malformed-message.ts';
import { malformedPriceUpdates } from './testing/malformed-price-updates.ts';
import { malformedTradeCommands } from './testing/malformed-trade-commands.ts';
import { malformedTradeAnswers, malformedTradeEvents } from './testing/malformed-trade-reports.ts';
import { malformedUserRequests } from './testing/malformed-user-requests.ts';
import { malformedUserResponses } from './testing/malformed-user-responses.ts';
import type { AnyMessage, Place } from './testing/produce.ts';
import { quote } from './testing/quotes.ts';
import { signIn } from './testing/sign-in.ts';
import { type MessageStack, startMessageStack } from './testing/start-message-stack.ts';
import { replyToIn } from './testing/trade-client.ts';
import { until } from './testing/until.ts';

const REASON_MAX = 1_100;
const VALUE_MAX = 100_000;

type Sent = MalformedMessage & { readonly place: Place };

/** What every topic needs: its malformed messages, and how to see that what comes after them is handled. */
interface TopicCases {
  /** Who sets aside what cannot be handled; otherwise it is passed. */
  readonly setAsideBy?: 'db-processor' | 'trading-engine';
  /** How many services follow the topic beside, each for itself: they pass what they cannot read. */
  readonly followers: number;
  readonly malformed: () => Promise<readonly MalformedMessage[]> | readonly MalformedMessage[];
  /** Sends a good message of this key, or several, and resolves when each consumer of the topic has handled it. */
  readonly handlesGood: (extra?: Partial<AnyMessage>) => Promise<void>;
  /** How many malformed messages the api-servers' metrics count, when they follow the topic. */
  readonly passed?: () => Promise<number>;
}

describe('malformed messages', () => {
  let stack: MessageStack;
  let apiServerId: string;
  let sequence = 0;

  before(async () => {
    stack = await startMessageStack();
    sequence = Date.now() * 1_000;
    apiServerId = await replyToOf(stack);
  });
  after(() => stack?.stop());

  /** The lines of the logs that say of a message why it was not handled. */
  async function linesThatTell(): Promise<readonly string[]> {
    return (await stack.logs()).split('\n').filter((line) => line.includes('"reason":'));
  }

  const price = (): PriceUpdate => {
    sequence += 1;
    const [at, id] = [Date.now(), randomUUID()];
    const quote = { asset: 'SOL_USDC', price: 195.825, bid: '195.82', ask: '195.83' };
    return { id, at, ...quote, timestamp: at, status: 'live', source: 'simulated', sequence };
  };
  const event = (): AuditEvent => ({
    id: randomUUID(),
    at: Date.now(),
    kind: 'signin-failed',
    subject: 'malformed@example.com',
    addressBlock: '192.0.2.1',
    requestId: 'messages-test',
    data: { tries: 3 },
  });

  const cases: Readonly<Record<TopicName, TopicCases>> = {
    'user-requests': {
      setAsideBy: 'db-processor',
      followers: 0,
      malformed: () => malformedUserRequests(stack),
      handlesGood: async (extra) => {
        const request = stack.request('check', { email: `good-${randomUUID()}@example.com` });
        await stack.producer.send('user-requests', { value: JSON.stringify(request), ...extra });
        const answer = await until('an answer', () => stack.answers(request)[0]);
        assert.deepEqual(answer.data, { exists: false });
      },
    },
    'user-responses': {
      followers: 1,
      malformed: () => malformedUserResponses(apiServerId),
      // Where an answer of the db-processor goes through the same partition.
      handlesGood: async () => assert.equal(await signInStatus(stack), 401),
      passed: () => stack.metric('api-server', 'cfd_api_server_invalid_user_responses_total'),
    },
    'price-updates': {
      setAsideBy: 'db-processor',
      followers: 2,
      malformed: () => malformedPriceUpdates(price()),
      handlesGood: async (extra) => {
        const good = price();
        await stack.producer.send('price-updates', { key: good.asset, value: JSON.stringify(good), ...extra });
        const client = createApiClient({ baseUrl: stack.apiUrl, origin: 'http://localhost:3000' });
        await until('the price at the api-server', async () =>
          (await client.prices()).prices.some((one) => one.asset === good.asset && one.sequence === good.sequence),
        );
        await until('the price in the candles', async () => {
          const { rows } = await stack.database.query(
            'select last_sequence::float8 as at from candle_progress where asset = $1',
            [good.asset],
          );
          return rows[0]?.at === good.sequence;
        });
      },
      passed: () => stack.metric('api-server', 'cfd_api_server_price_updates_total', { outcome: 'invalid' }),
    },
    'audit-events': {
      setAsideBy: 'db-processor',
      followers: 0,
      malformed: () => malformedAuditEvents(event()),
      handlesGood: async (extra) => {
        const good = event();
        await stack.producer.send('audit-events', { key: good.subject, value: JSON.stringify(good), ...extra });
        await until('the row', async () => {
          const { rowCount } = await stack.database.query('select from audit_events where id = $1', [good.id]);
          return rowCount === 1;
        });
      },
    },
    'trade-commands': {
      setAsideBy: 'trading-engine',
      followers: 0,
      malformed: () => malformedTradeCommands(stack.trade),
      handlesGood: async (extra = {}) => {
        const shard = extra.partition ?? 0;
        const good = stack.trade.command(await accountIn(shard), 'deposit', { amount: '1' });
        const message = { partition: shard, value: JSON.stringify(good), ...extra };
        await stack.producer.send('trade-commands', message);
        const { outcome } = await until('an answer', () => stack.trade.answers(good)[0]);
        assert.equal(outcome.type, 'accepted');
      },
    },
    // Those of accounts that nobody watches are not even read: what the engine writes between them is as it should be.
    'trade-events': {
      followers: 0,
      malformed: async () => malformedTradeEvents(await accountIn(0)),
      handlesGood: async (extra = {}) => {
        const shard = extra.partition ?? 0;
        const good = stack.trade.command(await accountIn(shard), 'deposit', { amount: '1' });
        await stack.trade.ask(good);
        const own = () => stack.trade.events.filter((event) => event.shard === shard);
        await until('the event', () => own().some(({ commandId }) => commandId === good.commandId));
        const sequences = own().map(({ sequence: one }) => one);
        const first = sequences[0] ?? 0;
        assert.deepEqual(
          sequences,
          sequences.map((_, index) => first + index),
        );
      },
    },
    'trade-answers': {
      followers: 1,
      malformed: () => malformedTradeAnswers(replyToIn(0)),
      handlesGood: async (extra = {}) => {
        const envelope = { replyTo: replyToIn(extra.partition ?? 0) };
        const commands = [await accountIn(0), await accountIn(1)].map((accountId) =>
          stack.trade.command(accountId, 'deposit', { amount: '1' }, envelope),
        );
        for (const command of commands) assert.equal((await stack.trade.ask(command)).type, 'accepted');
        for (const command of commands) assert.equal(stack.trade.answers(command).length, 1);
      },
      passed: () => stack.metric('api-server', 'cfd_api_server_invalid_trade_answers_total'),
    },
  };
  const accounts = new Map<number, Promise<string>>();
  /** An account of this shard, always the same. */
  function accountIn(shard: number): Promise<string> {
    const account = accounts.get(shard) ?? stack.trade.openAccount('1', shard);
    accounts.set(shard, account);
    return account;
  }

  it('are known for every topic', () => assert.deepEqual(Object.keys(cases).sort(), Object.keys(topics).sort()));

  for (const topic of Object.keys(topics) as TopicName[]) {
    const { setAsideBy, followers, malformed, handlesGood, passed } = cases[topic];
    const hasDeadLetters = setAsideBy !== undefined;
    describe(`on ${topic}`, () => {
      const sent: Sent[] = [];
      let passedBefore = 0;
      let toldBefore = 0;

      before(async () => {
        passedBefore = (await passed?.()) ?? 0;
        toldBefore = (await linesThatTell()).length;
        for (const one of await malformed())
          sent.push({ ...one, place: await stack.producer.send(topic, one.message) });
      });

      it('do not keep the good ones after them from being handled', async () => {
        for (let partition = 0; partition < topics[topic].partitions; partition += 1) await handlesGood({ partition });
      });

      it('are set aside once each with their reason, or passed', async () => {
        const letters = () => stack.deadLetters(topic);
        if (hasDeadLetters) await until('the dead letters', () => letters().length >= sent.length);
        await handlesGood();
        const found = sent.map(({ what, reason, place }) => {
          const own = letters().filter((one) => one.partition === place.partition && one.offset === place.offset);
          const reasons = own.map((one) => (reason.test(one.reason) ? 'as expected' : one.reason.slice(0, 200)));
          return { what, reasons };
        });
        const expected = sent.map(({ what }) => ({ what, reasons: hasDeadLetters ? ['as expected'] : [] }));
        assert.deepEqual(found, expected);
        assert.equal(letters().length, hasDeadLetters ? sent.length : 0, 'nothing else is set aside');
        for (const one of letters()) assert.ok(one.reason.length < REASON_MAX, `${one.reason.slice(0, 100)} …`);
      });

      it('are counted', async () => {
        for (const service of ['db-processor', 'trading-engine'] as const) {
          const name = `cfd_${service.replace('-', '_')}_dead_letters_total`;
          assert.equal(await stack.metric(service, name, { topic }), service === setAsideBy ? sent.length : 0, name);
        }
        if (passed === undefined) return;
        await until('the count', async () => (await passed()) - passedBefore >= sent.length);
        assert.equal((await passed()) - passedBefore, sent.length);
      });

      it('are each told in a line of the log that is not long', async () => {
        const told = await linesThatTell();
        const readers = (hasDeadLetters ? 1 : 0) + followers;
        assert.equal(told.length - toldBefore, sent.length * readers);
        for (const line of told) {
          assert.match(line, /"partition":\d+,"offset":\d+/);
          assert.ok(line.length < REASON_MAX * 2, line.slice(0, 200));
        }
      });

      if (hasDeadLetters) {
        it('can be had back from the dead letter, or whole from where it says', async () => {
          const originals = await readBytes(topic, sent);
          for (const [index, { what, message, place }] of sent.entries()) {
            const value = message.value === null ? null : Buffer.from(message.value);
            assert.deepEqual(originals[index], value, what);
            const letter = stack
              .deadLetters(topic)
              .find((one) => one.partition === place.partition && one.offset === place.offset);
            const text = value?.toString() ?? '';
            assert.deepEqual([letter?.value, letter?.valueLength], [text.slice(0, VALUE_MAX), text.length], what);
            assert.equal(letter?.topic, topic);
          }
        });
      }

      it('are good with headers of any kind, without a key, and compressed', async () => {
        await handlesGood({ headers: brokenHeaders });
        for (const compression of ['gzip', 'lz4', 'snappy', 'zstd'] as const) await handlesGood({ compression });
        if (topic === 'trade-commands') await handlesGood({ key: '', partition: 3 });
        else if (topic !== 'price-updates') await handlesGood({ key: '' });
        assert.equal(stack.deadLetters(topic).length, hasDeadLetters ? sent.length : 0);
      });
    });
  }

  it('drops requests that have expired, unanswered and without a dead letter', async () => {
    const dead = stack.deadLetters('user-requests').length;
    const email = `late-${randomUUID()}@example.com`;
    const session = { sessionId: randomUUID(), device: '', addressBlock: '192.0.2.1' };
    const password = await stack.seal(SECRET);
    const late = [0, 1, Date.now() - 1].map((expiresAt) =>
      stack.request('create', { email, password, session }, { expiresAt }),
    );
    for (const one of late) await stack.producer.send('user-requests', { key: email, value: JSON.stringify(one) });
    const after_ = await stack.ask(stack.request('check', { email }));
    assert.deepEqual(after_.data, { exists: false }, 'none of them had an effect');
    assert.deepEqual(
      late.flatMap((one) => stack.answers(one)),
      [],
    );
    assert.equal(stack.deadLetters('user-requests').length, dead);
    const expired = { type: 'create', outcome: 'expired' };
    assert.equal(await stack.metric('db-processor', 'cfd_db_processor_requests_total', expired), late.length);
  });

  it('refuses numbers that no order or payment can have, each with its code', async () => {
    const accountId = await stack.trade.openAccount('1000');
    const good = quote('SOL_USDC', sequence + 1, { cents: 19_582, at: Date.now() });
    sequence += 1;
    await stack.producer.send('price-updates', { key: good.asset, value: JSON.stringify(good) });
    const order = (fields: object) =>
      stack.trade.command(accountId, 'place-order', {
        clientOrderId: randomUUID(),
        asset: 'SOL_USDC',
        side: 'buy',
        orderType: 'market',
        quantity: '1.00',
        ...fields,
      });
    const limit = (limitPrice: string) => order({ orderType: 'limit', limitPrice });
    const pay = (type: 'deposit' | 'withdraw', amount: string) => stack.trade.command(accountId, type, { amount });
    const nines = '9'.repeat(40);
    const refused: [TradeCommand, code: string][] = [
      [order({ quantity: '0.0000001' }), 'quantity-not-a-step'],
      [order({ quantity: '1.00000000000000000000000000000000000001' }), 'quantity-not-a-step'],
      [order({ quantity: '0' }), 'quantity-below-minimum'],
      [order({ quantity: '-1' }), 'quantity-below-minimum'],
      [order({ quantity: nines }), 'quantity-above-maximum'],
      [order({ asset: 'CONSTRUCTOR_PROTO' }), 'unknown-instrument'],
      [limit('195.825'), 'price-not-a-tick'],
      [limit('-1'), 'price-not-a-tick'],
      [limit(nines), 'price-not-a-tick'],
      [pay('deposit', '-1'), 'invalid-command'],
      [pay('deposit', '0'), 'invalid-command'],
      [pay('deposit', '0.0000001'), 'invalid-command'],
      [pay('deposit', nines), 'invalid-command'],
      [pay('deposit', '9007199254'), 'amount-too-large'],
      [pay('withdraw', '-1'), 'invalid-command'],
      [pay('withdraw', '1000000'), 'insufficient-balance'],
      [stack.trade.command(accountId, 'close-position', { positionId: Number.MAX_SAFE_INTEGER }), 'position-not-open'],
      [stack.trade.command(accountId, 'cancel-order', { orderId: Number.MAX_SAFE_INTEGER }), 'order-not-open'],
      [stack.trade.command(randomUUID(), 'deposit', { amount: '1' }), 'unknown-account'],
      [
        stack.trade.command(randomUUID(), 'open-account', {
          userId: stack.trade.userId,
          mode: 'netting',
          profile: '__proto__',
        }),
        'unknown-profile',
      ],
    ];
    const found = [];
    for (const [command] of refused) {
      const outcome = await stack.trade.ask(command);
      found.push([command.type, command.data, outcome.type === 'refused' ? outcome.code : outcome.type]);
    }
    assert.deepEqual(
      found,
      refused.map(([{ type, data }, code]) => [type, data, code]),
    );
    const { rows } = await stack.database.query('select balance::text from accounts where id = $1', [accountId]);
    assert.deepEqual(rows, [{ balance: '1000000000' }]);
  });

  it('drops commands that have expired, unanswered and without an effect', async () => {
    const accountId = await stack.trade.openAccount('5');
    const late = [0, 1, Date.now() - 1].map((expiresAt) =>
      stack.trade.command(accountId, 'deposit', { amount: '1' }, { expiresAt }),
    );
    for (const command of late) await stack.trade.send(command);
    const outcome = await stack.trade.ask(stack.trade.command(accountId, 'withdraw', { amount: '6' }));
    assert.ok(outcome.type === 'refused' && outcome.figures.balance === 5_000_000);
    assert.deepEqual(
      late.flatMap((command) => stack.trade.answers(command)),
      [],
    );
  });

  it('sets aside a sign-up whose session is there already, and creates nobody', async () => {
    const password = await stack.seal(SECRET);
    const session = { sessionId: randomUUID(), device: '', addressBlock: '192.0.2.1' };
    const first = stack.request('create', { email: `first-${randomUUID()}@example.com`, password, session });
    assert.equal((await stack.ask(first)).success, true);
    const email = `second-${randomUUID()}@example.com`;
    const dead = stack.deadLetters('user-requests').length;
    const second = stack.request('create', { email, password, session });
    await stack.producer.send('user-requests', { key: email, value: JSON.stringify(second) });
    const after_ = await stack.ask(stack.request('check', { email }));
    assert.deepEqual(after_.data, { exists: false });
    const letters = await until('the dead letter', () => {
      const more = stack.deadLetters('user-requests').slice(dead);
      return more.length > 0 && more;
    });
    assert.deepEqual([letters.length, /23505/.test(letters[0]?.reason ?? '')], [1, true]);
  });

  it('does not believe an answer that is not one to the question', async () => {
    // The db-processors stand still, so that the false answers come first.
    const asked: UserRequest[] = [];
    const follower = followTopic(stack.kafka, {
      topic: 'user-requests',
      onMessages: (received) => asked.push(...received.map(({ message }) => message)),
    });
    const both = ['db-processor-1', 'db-processor-2'].map((name) => stack.process(name));
    try {
      await follower.ready;
      for (const one of both) one.signal('SIGSTOP');
      const status = signInStatus(stack);
      const { requestId, replyTo } = await until('the question', () => asked.find(({ type }) => type === 'auth'));
      const answer = { id: randomUUID(), at: Date.now(), requestId, success: true };
      for (const data of [{}, { exists: true }, { sessionId: SECRET, user: { isAdmin: true } }]) {
        await stack.producer.send('user-responses', { key: replyTo, value: JSON.stringify({ ...answer, data }) });
      }
      for (const one of both) one.signal('SIGCONT');
      assert.equal(await status, 401, 'the true answer counts');
    } finally {
      for (const one of both) one.signal('SIGCONT');
      await follower.close();
    }
  });

  it('keeps the audit chain intact, crashes nothing, and writes no secret into a log', async () => {
    await stack.chainIntact();
    assert.deepEqual(stack.crashes, []);
    const logs = await stack.logs();
    assert.equal(logs.includes('"level":60'), false, 'nothing crashed');
    for (const secret of [SECRET, (await stack.seal(SECRET)).slice(0, 100)]) {
      assert.equal(logs.includes(secret), false, secret);
    }
    for (const topic of Object.keys(topics) as TopicName[]) {
      for (const { reason } of stack.deadLetters(topic)) assert.equal(reason.includes(SECRET), false, reason);
    }
  });

  /** The bytes that are in the log at these places. */
  async function readBytes(topic: TopicName, places: readonly Sent[]): Promise<(Buffer | null | undefined)[]> {
    const consumer = new Consumer({
      clientId: 'anybody',
      groupId: `messages-${randomUUID()}`,
      bootstrapBrokers: (stack.environment.KAFKA_BROKERS ?? '').split(','),
    });
    const first = Map.groupBy(places, ({ place }) => place.partition);
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.MANUAL,
      offsets: Array.from({ length: topics[topic].partitions }, (_, partition) => ({
        topic,
        partition,
        offset: BigInt(Math.min(...(first.get(partition) ?? []).map(({ place }) => place.offset), 2 ** 40)),
      })).filter(({ offset }) => offset < 2n ** 40n),
    });
    const found = new Map<string, Buffer | null>();
    for await (const { partition, offset, value } of stream) {
      found.set(`${partition}:${offset}`, value ?? null);
      if (places.every(({ place }) => found.has(`${place.partition}:${place.offset}`))) break;
    }
    await consumer.close(true);
    return places.map(({ place }) => found.get(`${place.partition}:${place.offset}`));
  }
});

function signInStatus(stack: MessageStack): Promise<number> {
  return signIn(stack.apiUrl, `nobody-${randomUUID()}@example.com`, SECRET);
}

/** Under which name the api-server asks: the key of what it is answered. */
async function replyToOf(stack: MessageStack): Promise<string> {
  const asked: UserRequest[] = [];
  const follower = followTopic(stack.kafka, {
    topic: 'user-requests',
    onMessages: (received) => asked.push(...received.map(({ message }) => message)),
  });
  await follower.ready;
  assert.equal(await signInStatus(stack), 401);
  const { replyTo } = await until('its question', () => asked[0]);
  await follower.close();
  return replyTo;
}
