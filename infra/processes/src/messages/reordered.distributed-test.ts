import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '@repo/client';
import { followTopic } from '@repo/kafka';
import { createServerRedis, type Redis } from '@repo/redis';
import {
  type AuditEvent,
  type PriceUpdate,
  type PriceWithStart,
  type SessionData,
  type TopicName,
  type TradeCommand,
  topics,
  type UserRequest,
} from '@repo/schemas';
import { firstSequence, quote } from './testing/quotes.ts';
import { signIn } from './testing/sign-in.ts';
import { keyOf, type MessageStack, startMessageStack } from './testing/start-message-stack.ts';
import { storedCandles } from './testing/stored-candles.ts';
import { until } from './testing/until.ts';
import { watchPrices } from './testing/watch-prices.ts';

const PASSWORD = 'five green parrots sing';
const STORE_TIMEOUT_MS = 1_500;
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

describe('messages out of their order', () => {
  let stack: MessageStack;
  let redis: Redis;
  let first: number;
  before(async () => {
    stack = await startMessageStack({ USER_STORE_TIMEOUT_MS: String(STORE_TIMEOUT_MS) });
    redis = createServerRedis({ url: stack.environment.REDIS_URL ?? '' });
    first = firstSequence();
  });
  after(async () => {
    await redis?.close();
    await stack?.stop();
  });

  const newSession = () => ({ sessionId: randomUUID(), device: 'Firefox', addressBlock: '192.0.2.1' });
  const newEmail = () => `reordered-${randomUUID()}@example.com`;
  const create = async (email: string, session = newSession()) =>
    stack.request('create', { email, password: await stack.seal(PASSWORD), session });
  const auth = async (email: string) =>
    stack.request('auth', { email, password: await stack.seal(PASSWORD), session: newSession() });

  /** Sends requests of one key one after the other without waiting, and gives their answers in that order. */
  async function answersTo(...requests: readonly UserRequest[]) {
    for (const request of requests) {
      await stack.producer.send('user-requests', { key: keyOf(request), value: JSON.stringify(request) });
    }
    return Promise.all(
      requests.map((request) => until(`the answer to ${request.type}`, () => stack.answers(request)[0])),
    );
  }

  async function createSession(): Promise<SessionData> {
    const [answer] = await answersTo(await create(newEmail()));
    assert.ok(answer?.success);
    return answer.data as SessionData;
  }

  async function sendQuotes(quotes: readonly PriceUpdate[]): Promise<void> {
    for (const one of quotes)
      await stack.producer.send('price-updates', { key: one.asset, value: JSON.stringify(one) });
  }

  async function priceOf(asset: string): Promise<PriceWithStart | undefined> {
    const { prices } = await createApiClient({ baseUrl: stack.apiUrl, origin: 'http://localhost:3000' }).prices();
    return prices.find((one) => one.asset === asset);
  }

  const tests: Readonly<Record<TopicName, () => void>> = {
    'price-updates': () => {
      it('take neither clients nor candles back', async () => {
        const asset = 'SOL_USDC';
        const minute = minuteLongAgo();
        const at = (sequence: number, cents: number, offsetMs: number) =>
          quote(asset, first + sequence, { cents, at: minute + offsetMs });
        const minuteCandle = async () =>
          (await storedCandles(stack.database, asset, minute, minute)).find(
            ({ interval, openTime }) => interval === '1m' && openTime === minute,
          );
        using watched = await watchPrices(stack.wsUrl, asset);
        // The late ones have extreme prices, which would show in high, low and close.
        await sendQuotes([
          at(10, 20_000, 1_000),
          at(14, 20_010, 5_000),
          at(11, 90_000, 2_000),
          at(12, 10_000, 3_000),
          at(18, 20_005, 9_000),
          at(15, 90_000, 6_000),
          at(13, 10_000, 4_000),
        ]);
        await until('the candle', async () => (await minuteCandle())?.ticks === 3);
        await sendQuotes([at(17, 10_000, 8_000), at(19, 20_007, 9_500), at(16, 90_000, 7_000)]);
        await until('the next quote in it', async () => (await minuteCandle())?.ticks === 4);
        const candle = await minuteCandle();
        assert.deepEqual(
          [candle?.open, candle?.high, candle?.low, candle?.close],
          [200.005, 200.105, 200.005, 200.075],
        );
        await until('the last price', () => watched.seen.at(-1)?.sequence === first + 19);
        watched.assertForward();
        assert.equal((await priceOf(asset))?.bid, '200.07');
      });

      it('count a quote with an older time in its own minute', async () => {
        const asset = 'ETH_USDC';
        const minute = minuteLongAgo();
        await sendQuotes([
          quote(asset, first + 1, { cents: 30_000, at: minute + 50_000 }),
          quote(asset, first + 2, { cents: 30_100, at: minute + 61_000 }),
          quote(asset, first + 3, { cents: 29_900, at: minute + 58_000 }),
          quote(asset, first + 4, { cents: 30_200, at: minute + 62_000 }),
        ]);
        const minutes = await until('two minutes', async () => {
          const all = await storedCandles(stack.database, asset, minute, minute + MINUTE_MS);
          const own = all.filter(({ interval, openTime }) => interval === '1m' && openTime >= minute);
          return own.length === 2 && own[1]?.ticks === 2 && own;
        });
        assert.deepEqual(
          minutes.map(({ open, high, low, close, ticks }) => [open, high, low, close, ticks]),
          [
            [300.005, 300.005, 299.005, 299.005, 2],
            [301.005, 302.005, 301.005, 302.005, 2],
          ],
        );
      });

      it('take neither the cache back nor an api-server that starts from it', async () => {
        const asset = 'BTC_USDC';
        const { id: _id, at: _at, ...cached } = quote(asset, first + 100, { cents: 6_000_000, at: Date.now() });
        await redis.prices.put(cached);
        for (const sequence of [99, 1, 100])
          await redis.prices.put({ ...cached, price: 1, sequence: first + sequence });
        assert.deepEqual(await redis.prices.getMany([asset]), [cached]);

        stack.process('api-server-1').signal('SIGKILL');
        await until('the api-server', async () => (await priceOf(asset))?.sequence === first + 100);
        using watched = await watchPrices(stack.wsUrl, asset);
        await sendQuotes(
          [50, 100, 99].map((sequence) => quote(asset, first + sequence, { cents: 100, at: Date.now() })),
        );
        await sendQuotes([quote(asset, first + 101, { cents: 6_000_100, at: Date.now() })]);
        await until('the newer price', () => watched.seen.at(-1)?.sequence === first + 101);
        watched.assertForward();
      });

      it('do not count after the db-processors have started again', async () => {
        const asset = 'DOGE_USDC';
        const minute = minuteLongAgo();
        const ticks = async () =>
          (await storedCandles(stack.database, asset, minute, minute)).find(
            ({ interval, openTime }) => interval === '1m' && openTime === minute,
          )?.ticks;
        await sendQuotes([quote(asset, first + 5, { cents: 20, at: minute })]);
        await until('the first', async () => (await ticks()) === 1);
        for (const name of ['db-processor-1', 'db-processor-2']) stack.process(name).signal('SIGTERM');
        await sendQuotes(
          [3, 4, 5, 6].map((sequence) => quote(asset, first + sequence, { cents: 20, at: minute + sequence })),
        );
        await until('the new one', async () => (await ticks()) === 2);
        await sendQuotes(
          [2, 7].map((sequence) => quote(asset, first + sequence, { cents: 20, at: minute + sequence })),
        );
        await until('the next', async () => (await ticks()) === 3);
      });
    },

    'user-requests': () => {
      it('refuse a sign-in that comes before its sign-up, also when it comes again after it', async () => {
        const email = newEmail();
        const early = await auth(email);
        const [refused, created, signedIn] = await answersTo(early, await create(email), await auth(email));
        assert.deepEqual([refused?.success, created?.success, signedIn?.success], [false, true, true]);
        await stack.producer.send('user-requests', { key: email, value: JSON.stringify(early) });
        const again = await until('the same answer', () => stack.answers(early)[1]);
        assert.ok(!again.success && again.error === 'credentials-incorrect');
      });

      it('end a session for good: a rotation that comes after finds it over', async () => {
        const { sessionId } = await createSession();
        const [ended, rotated] = await answersTo(
          stack.request('end-session', { sessionId }),
          stack.request('rotate-session', { sessionId, generation: 0 }),
        );
        assert.deepEqual([ended?.data, rotated?.data], [{ ended: true }, { outcome: 'ended' }]);
      });

      it('take a rotation that was overtaken by two others for a stolen token', async () => {
        const { sessionId } = await createSession();
        const rotations = [0, 1, 0].map((generation) => stack.request('rotate-session', { sessionId, generation }));
        const answers = await answersTo(...rotations);
        assert.deepEqual(
          answers.map(({ data }) => 'outcome' in data && data.outcome),
          ['rotated', 'rotated', 'reused'],
        );
        const [after_] = await answersTo(stack.request('rotate-session', { sessionId, generation: 2 }));
        assert.deepEqual(after_?.data, { outcome: 'ended' });
      });

      it('rotate nothing before its time', async () => {
        const { sessionId } = await createSession();
        const [early] = await answersTo(stack.request('rotate-session', { sessionId, generation: 1 }));
        assert.equal(early?.success && early.data.outcome, 'reused', 'a token that nobody was given is a false one');
      });

      it('end nothing that has not begun', async () => {
        const session = newSession();
        const email = newEmail();
        const [ended] = await answersTo(stack.request('end-session', { sessionId: session.sessionId }));
        const [created] = await answersTo(await create(email, session));
        assert.deepEqual([ended?.data, created?.success], [{ ended: false }, true]);
      });

      it('answer a check as things are when it is read', async () => {
        const email = newEmail();
        const checks = [0, 1].map(() => stack.request('check', { email }));
        const [before_, , after_] = await answersTo(
          checks[0] as UserRequest,
          await create(email),
          checks[1] as UserRequest,
        );
        assert.deepEqual([before_?.data, after_?.data], [{ exists: false }, { exists: true }]);
      });
    },

    'user-responses': () => {
      it('are nothing to anybody before the question and after the time for it', async () => {
        const email = newEmail();
        const [created] = await answersTo(await create(email));
        assert.ok(created?.success);
        const asked: UserRequest[] = [];
        const follower = followTopic(stack.kafka, {
          topic: 'user-requests',
          onMessages: (received) => asked.push(...received.map(({ message }) => message)),
        });
        await follower.ready;
        const both = ['db-processor-1', 'db-processor-2'].map((name) => stack.process(name));
        const answer = (requestId: string, data: unknown) =>
          JSON.stringify({ id: randomUUID(), at: Date.now(), requestId, success: true, data });
        try {
          for (const one of both) one.signal('SIGSTOP');
          // An answer before any question: this session is nobody's.
          const early = answer(randomUUID(), created.data);
          for (let partition = 0; partition < topics['user-responses'].partitions; partition += 1) {
            await stack.producer.send('user-responses', { value: early, partition });
          }
          const begun = performance.now();
          assert.equal(await signIn(stack.apiUrl, email, 'wrong'), 503);
          assert.ok(performance.now() - begun >= STORE_TIMEOUT_MS - 50);
          const question = asked.find(({ type }) => type === 'auth');
          assert.ok(question);
          // And one that comes too late: the client has been told 503, and nobody is signed in by it.
          await stack.producer.send('user-responses', {
            key: question.replyTo,
            value: answer(question.requestId, created.data),
          });
          await sleep(200);
          assert.equal(await stack.metric('api-server', 'cfd_api_server_user_requests_outstanding'), 0);
        } finally {
          for (const one of both) one.signal('SIGCONT');
          await follower.close();
        }
        await until('the db-processors', async () => (await signIn(stack.apiUrl, email, PASSWORD)) === 200);
        assert.equal(await signIn(stack.apiUrl, email, 'wrong'), 401);
      });
    },

    'audit-events': () => {
      it('are kept in the order in which they came, with the times that they have', async () => {
        const subject = newEmail();
        const now = Date.now();
        const times = Array.from({ length: 30 }, (_, index) => now - ((index * 7) % 30) * 3_600_000);
        const events = times.map(
          (at): AuditEvent => ({ id: randomUUID(), at, kind: 'signin-failed', subject, data: { hour: at } }),
        );
        await Promise.all(
          events.map((event, index) =>
            stack.producer.send('audit-events', {
              value: JSON.stringify(event),
              partition: index % topics['audit-events'].partitions,
            }),
          ),
        );
        const rows = await until('the rows', async () => {
          const found = await stack.database.query<{ id: string; at: Date }>(
            'select id, at from audit_events where subject = $1 order by sequence',
            [subject],
          );
          return found.rows.length === events.length && found.rows;
        });
        const timeOf = new Map(events.map(({ id, at }) => [id, at]));
        assert.deepEqual(
          rows.map(({ at }) => at.getTime()),
          rows.map(({ id }) => timeOf.get(id)),
        );
      });
    },

    'trade-commands': () => {
      const order = (accountId: string, clientOrderId: string) =>
        stack.trade.command(accountId, 'place-order', {
          clientOrderId,
          asset: 'BNB_USDC',
          side: 'buy',
          orderType: 'market',
          quantity: '0.100',
        });
      const price = (sequence: number, cents: number) =>
        sendQuotes([quote('BNB_USDC', first + sequence, { cents, at: Date.now() })]);

      it('refuse an order that comes before its account, also when it comes again after it', async () => {
        await price(1_000, 60_000);
        const accountId = randomUUID();
        const early = order(accountId, 'early');
        const { userId } = stack.trade;
        const [refused, opened] = await outcomesOf(
          early,
          stack.trade.command(accountId, 'open-account', { userId, mode: 'netting', profile: 'professional' }),
          stack.trade.command(accountId, 'deposit', { amount: '10000' }),
        );
        assert.ok(refused?.type === 'refused' && refused.code === 'unknown-account');
        assert.equal(opened?.type, 'accepted');
        await stack.trade.send(early);
        const again = await until('the same answer', () => stack.trade.answers(early)[1]);
        assert.deepEqual(again.outcome, refused);
        await price(1_001, 60_000);
        const later = order(accountId, 'early');
        assert.equal((await stack.trade.ask(later)).type, 'accepted', 'another command may use the name');
      });

      it('find what they are for not there yet, or gone already', async () => {
        const accountId = await stack.trade.openAccount('10000');
        const close = (positionId: number) => stack.trade.command(accountId, 'close-position', { positionId });
        await price(1_010, 60_000);
        const [early] = await outcomesOf(close(Number.MAX_SAFE_INTEGER));
        assert.ok(early?.type === 'refused' && early.code === 'position-not-open');
        const [opened] = await outcomesOf(order(accountId, 'one'));
        assert.ok(opened?.type === 'accepted');
        const position = opened.events.find(({ type }) => type === 'position-opened');
        assert.ok(position && 'fill' in position);
        const [closed, twice] = await outcomesOf(close(position.fill.positionId), close(position.fill.positionId));
        assert.equal(closed?.type, 'accepted');
        assert.ok(twice?.type === 'refused' && twice.code === 'position-not-open');
      });

      it('are filled at the newest price, whatever older one came after it', async () => {
        const accountId = await stack.trade.openAccount('10000');
        await price(1_030, 60_000);
        await price(1_029, 10_000);
        await price(1_030, 90_000);
        const outcome = await stack.trade.ask(order(accountId, 'newest'));
        assert.ok(outcome.type === 'accepted', JSON.stringify(outcome));
        const position = outcome.events.find(({ type }) => type === 'position-opened');
        assert.ok(position && 'fill' in position);
        assert.equal(position.fill.quote.sequence, first + 1_030);
        assert.ok(Math.abs(position.fill.price - 60_000) < 600, `${position.fill.price}`);
      });

      it('wait while nobody has the shard, but not beyond their end', async () => {
        const shard = 9;
        const accountId = await stack.trade.openAccount('10', shard);
        const away = `update leases set holder = 'nobody', epoch = epoch + 1,
          expires_at = clock_timestamp() + interval '4 seconds' where name = 'shard:09'`;
        assert.equal((await stack.database.query(away)).rowCount, 1);
        // The engine finds out when it renews, and until then it may still write: nobody else has claimed the shard.
        await sleep(1_500);
        const begun = performance.now();
        const waiting = stack.trade.command(accountId, 'deposit', { amount: '1' });
        const tooLate = stack.trade.command(accountId, 'deposit', { amount: '100' }, { expiresAt: Date.now() + 500 });
        await stack.trade.send(tooLate);
        assert.equal((await stack.trade.ask(waiting)).type, 'accepted');
        assert.ok(performance.now() - begun > 1_000, 'it had to wait');
        assert.deepEqual(stack.trade.answers(tooLate), []);
        const { rows } = await stack.database.query('select balance::text from accounts where id = $1', [accountId]);
        assert.deepEqual(rows, [{ balance: '11000000' }]);
      });
    },

    // Nobody reads these two yet: it is on the topics that the order has to be right.
    'trade-events': () => {
      it('come in the order of their shard, from one engine to the next', async () => {
        const shard = 2;
        const accountId = await stack.trade.openAccount('10', shard);
        const deposits = Array.from({ length: 20 }, () => stack.trade.command(accountId, 'deposit', { amount: '1' }));
        const own = () => stack.trade.events.filter((event) => event.shard === shard);
        for (const [index, command] of deposits.entries()) {
          if (index === 10) stack.process('trading-engine-1').signal('SIGTERM');
          await stack.trade.send(command);
        }
        const last = deposits.at(-1)?.commandId;
        await until('the last event', () => own().some(({ commandId }) => commandId === last));
        const sequences = own().map(({ sequence }) => sequence);
        assert.deepEqual(
          sequences,
          sequences.map((_, index) => (sequences[0] as number) + index),
          'an engine that stops in order publishes nothing twice',
        );
        const asked = deposits.map(({ commandId }) => commandId);
        const told = own().flatMap(({ commandId }) =>
          commandId !== null && asked.includes(commandId) ? [commandId] : [],
        );
        assert.deepEqual(told, asked);
      });
    },

    'trade-answers': () => {
      it('come in the order of the commands of an account', async () => {
        const accountId = await stack.trade.openAccount('10');
        const told: string[] = [];
        const follower = followTopic(stack.kafka, {
          topic: 'trade-answers',
          onMessages: (received) => told.push(...received.map(({ message }) => message.commandId)),
        });
        await follower.ready;
        const commands = Array.from({ length: 30 }, (_, index) =>
          stack.trade.command(accountId, index % 3 === 0 ? 'withdraw' : 'deposit', { amount: '7' }),
        );
        await outcomesOf(...commands);
        await follower.close();
        assert.deepEqual(
          told,
          commands.map(({ commandId }) => commandId),
        );
      });
    },
  };

  /** Sends commands one after the other without waiting, and gives what became of them in that order. */
  async function outcomesOf(...commands: readonly TradeCommand[]) {
    for (const command of commands) await stack.trade.send(command);
    return Promise.all(
      commands.map(async (command) => {
        const { outcome } = await until(`the answer to ${command.type}`, () => stack.trade.answers(command)[0]);
        return outcome;
      }),
    );
  }

  it('have tests on every topic', () => assert.deepEqual(Object.keys(tests).sort(), Object.keys(topics).sort()));
  for (const topic of Object.keys(topics) as TopicName[]) describe(`on ${topic}`, tests[topic]);

  it('leave an intact chain, no dead letters, and no crash but those that were asked for', async () => {
    await stack.chainIntact();
    for (const topic of Object.keys(topics) as TopicName[]) assert.deepEqual(stack.deadLetters(topic), [], topic);
    assert.deepEqual(
      stack.crashes.filter((sentence) => !/\((SIGKILL|0)\)/.test(sentence)),
      [],
    );
  });
});

/** The beginning of a minute in which no poller of any test on these servers has published. */
function minuteLongAgo(): number {
  return Math.floor((Date.now() - YEAR_MS) / MINUTE_MS) * MINUTE_MS;
}
