import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { followTopic } from '@repo/kafka';
import {
  type AuditEvent,
  type SessionData,
  type TopicName,
  type TradeAnswer,
  type TradeCommand,
  topics,
  type UserRequest,
  type UserResponse,
} from '@repo/schemas';
import { firstSequence, quote } from './testing/quotes.ts';
import { signIn } from './testing/sign-in.ts';
import { keyOf, type MessageStack, startMessageStack } from './testing/start-message-stack.ts';
import { storedCandles } from './testing/stored-candles.ts';
import { until } from './testing/until.ts';
import { watchPrices } from './testing/watch-prices.ts';

const PASSWORD = 'five green parrots sing';
const COPIES = 50;

describe('messages that come more than once', () => {
  let stack: MessageStack;
  before(async () => {
    // None may be told to ask again: all copies have one answer.
    stack = await startMessageStack({ HASH_QUEUE: '1000' });
  });
  after(() => stack?.stop());

  const newSession = () => ({ sessionId: randomUUID(), device: 'Firefox', addressBlock: '192.0.2.1' });
  const newEmail = () => `twice-${randomUUID()}@example.com`;

  async function create(email = newEmail()): Promise<UserRequest> {
    return stack.request('create', { email, password: await stack.seal(PASSWORD), session: newSession() });
  }

  async function createSession(): Promise<SessionData> {
    const answer = await stack.ask(await create());
    assert.ok(answer.success);
    return answer.data as SessionData;
  }

  /** Sends copies of a request, of which each partition gets its share or one gets all, and waits for their answers. */
  async function sendCopies(request: UserRequest, copies: number, partition?: (copy: number) => number) {
    const before = stack.answers(request).length;
    await Promise.all(
      Array.from({ length: copies }, (_, copy) =>
        stack.producer.send('user-requests', {
          key: keyOf(request),
          value: JSON.stringify(request),
          ...(partition === undefined ? {} : { partition: partition(copy) }),
        }),
      ),
    );
    await until('all answers', () => stack.answers(request).length >= before + copies);
    return stack.answers(request);
  }

  async function count(sql: string, ...values: string[]): Promise<number> {
    const { rows } = await stack.database.query(`select count(*)::int as count from ${sql}`, values);
    return rows[0]?.count;
  }

  /** What is in the database of a sign-up. */
  async function effectsOf({ requestId, data }: UserRequest): Promise<Record<string, number>> {
    assert.ok('session' in data);
    return {
      users: await count('users where email = $1', data.email),
      sessions: await count('sessions where id = $1', data.session.sessionId),
      audit: await count('audit_events where request_id = $1', requestId),
    };
  }
  const once = { users: 1, sessions: 1, audit: 1 };

  /** Ends both db-processors and waits until they are there again. */
  async function restartProcessors(signal: NodeJS.Signals): Promise<void> {
    for (const name of ['db-processor-1', 'db-processor-2']) stack.process(name).signal(signal);
    const request = stack.request('check', { email: newEmail() });
    assert.equal((await stack.ask(request)).success, true);
  }

  /** What all answers to a request say alike, their own ids and times aside. */
  function sameAnswers(request: UserRequest): Pick<UserResponse, 'success' | 'data'> {
    const [first, ...others] = stack.answers(request).map(({ id: _id, at: _at, ...answer }) => answer);
    assert.ok(first);
    for (const other of others) assert.deepEqual(other, first);
    return first;
  }

  const tests: Readonly<Record<TopicName, () => void>> = {
    'user-requests': () => {
      it('have one effect and one answer when they come twice', async () => {
        const request = await create();
        await sendCopies(request, 1);
        await sendCopies(request, 1);
        assert.deepEqual(await effectsOf(request), once);
        assert.equal(sameAnswers(request).success, true);
      });

      it('have one effect and one answer when fifty come at once', async () => {
        const request = await create();
        await sendCopies(request, COPIES);
        assert.deepEqual(await effectsOf(request), once);
        sameAnswers(request);
      });

      it('have one effect and one answer when two db-processors get twenty-five each', async () => {
        const request = await create();
        await sendCopies(request, COPIES, (copy) => copy % topics['user-requests'].partitions);
        assert.deepEqual(await effectsOf(request), once);
        sameAnswers(request);
      });

      it('have one effect and one answer when both db-processors are killed in between', async () => {
        const [answered, underWay] = [await create(), await create()];
        await sendCopies(answered, 2);
        const sending = sendCopies(underWay, COPIES, (copy) => copy % topics['user-requests'].partitions);
        await until('the first answer', () => stack.answers(underWay).length > 0);
        await restartProcessors('SIGKILL');
        await sending;
        await sendCopies(answered, 2, (copy) => copy);
        for (const request of [answered, underWay]) {
          assert.deepEqual(await effectsOf(request), once);
          sameAnswers(request);
        }
      });

      it('start one session when somebody signs in', async () => {
        const email = newEmail();
        await stack.ask(await create(email));
        const session = newSession();
        const request = stack.request('auth', { email, password: await stack.seal(PASSWORD), session });
        await sendCopies(request, COPIES, (copy) => copy % topics['user-requests'].partitions);
        sameAnswers(request);
        assert.deepEqual(await effectsOf(request), once);
      });

      it('refuse a wrong password with one line in the audit table', async () => {
        const email = newEmail();
        await stack.ask(await create(email));
        const request = stack.request('auth', { email, password: await stack.seal('wrong'), session: newSession() });
        await sendCopies(request, COPIES);
        assert.deepEqual(await effectsOf(request), { users: 1, sessions: 0, audit: 1 });
        sameAnswers(request);
      });

      it('rotate a session once, and end none as reused', async () => {
        const { sessionId } = await createSession();
        const request = stack.request('rotate-session', { sessionId, generation: 0 });
        await sendCopies(request, COPIES, (copy) => copy % topics['user-requests'].partitions);
        sameAnswers(request);
        const { rows } = await stack.database.query('select generation, ended_at from sessions where id = $1', [
          sessionId,
        ]);
        assert.deepEqual(rows, [{ generation: 1, ended_at: null }]);
      });

      it('say each time that the session ended now', async () => {
        const { sessionId } = await createSession();
        const request = stack.request('end-session', { sessionId });
        await sendCopies(request, COPIES);
        const [first] = stack.answers(request);
        assert.deepEqual(first?.data, { ended: true });
        sameAnswers(request);
        assert.equal(await count('audit_events where request_id = $1', request.requestId), 1);
      });
    },

    'user-responses': () => {
      it('answer nobody else', async () => {
        const email = newEmail();
        await stack.ask(await create(email));
        const repeated = new Set<string>();
        const sending: Promise<unknown>[] = [];
        const follower = followTopic(stack.kafka, {
          topic: 'user-responses',
          onMessages: (received) => {
            for (const { message, record } of received) {
              if (repeated.has(message.id)) continue;
              repeated.add(message.id);
              const { key, value } = record;
              for (let copy = 0; copy < 3; copy += 1)
                sending.push(stack.producer.send('user-responses', { key, value }));
            }
          },
        });
        await follower.ready;
        for (let round = 0; round < 5; round += 1) {
          const statuses = await Promise.all([
            signIn(stack.apiUrl, email, PASSWORD),
            signIn(stack.apiUrl, email, 'wrong'),
            signIn(stack.apiUrl, newEmail(), PASSWORD),
          ]);
          assert.deepEqual(statuses, [200, 401, 401]);
        }
        await until('the copies', () => repeated.size >= 15);
        await Promise.all(sending);
        assert.deepEqual(
          [await signIn(stack.apiUrl, email, PASSWORD), await signIn(stack.apiUrl, email, 'wrong')],
          [200, 401],
        );
        await follower.close();
        assert.equal(await stack.metric('api-server', 'cfd_api_server_user_requests_outstanding'), 0);
      });
    },

    'price-updates': () => {
      it('leave the candles as they are, and clients see no price again', async () => {
        const asset = 'SOL_USDC';
        const first = firstSequence();
        const begun = Date.now() - 300_000;
        const quotes = Array.from({ length: 240 }, (_, index) =>
          quote(asset, first + index, { cents: 20_000 + ((index * 37) % 101), at: begun + index * 1_000 }),
        );
        const last = first + quotes.length - 1;
        const send = async (all: typeof quotes) => {
          for (const one of all) await stack.producer.send('price-updates', { key: asset, value: JSON.stringify(one) });
        };
        const ticks = (outcome: string) =>
          stack.metric('db-processor', 'cfd_db_processor_candle_updates_total', { outcome });
        using watched = await watchPrices(stack.wsUrl, asset);
        const countedBefore = await ticks('counted');
        const candlesBefore = await storedCandles(stack.database, asset, begun, begun + 300_000);
        const minutesBefore = candlesBefore.filter(
          ({ interval, openTime }) => interval === '1m' && openTime >= begun - 60_000,
        );

        // Some twice at once, then all of them again, then again after both db-processors were started again.
        await send(quotes.flatMap((one, index) => (index % 3 === 0 ? [one, one] : [one])));
        await until('all to be counted', async () => (await ticks('counted')) === countedBefore + quotes.length);
        const stored = await storedCandles(stack.database, asset, begun, begun + 300_000);
        const minutes = stored.filter(({ interval, openTime }) => interval === '1m' && openTime >= begun - 60_000);
        const sum = (all: typeof minutes) => all.reduce((total, { ticks: own }) => total + own, 0);
        assert.equal(sum(minutes) - sum(minutesBefore), quotes.length);

        await send(quotes);
        await until('all to be passed', async () => (await ticks('repeated')) >= quotes.length + quotes.length / 3);
        assert.deepEqual(await storedCandles(stack.database, asset, begun, begun + 300_000), stored);

        await restartProcessors('SIGTERM');
        await send([...quotes, quote(asset, last + 1, { cents: 20_000, at: begun + 240_000 })]);
        await until('the one new one', async () => (await ticks('counted')) >= 1);
        const after_ = await storedCandles(stack.database, asset, begun, begun + 300_000);
        assert.equal(
          sum(after_.filter(({ interval }) => interval === '1m')) -
            sum(stored.filter(({ interval }) => interval === '1m')),
          1,
        );

        await until('the last price at the client', () => watched.seen.at(-1)?.sequence === last + 1);
        watched.assertForward();
      });
    },

    'audit-events': () => {
      it('make one row each', async () => {
        const event: AuditEvent = {
          id: randomUUID(),
          at: Date.now(),
          kind: 'signin-failed',
          subject: newEmail(),
          data: { text: 'größer ✓', count: 1e21, ratio: 0.1, yes: true },
        };
        const value = JSON.stringify(event);
        const send = (partition: number) =>
          stack.producer.send('audit-events', { key: event.subject, value, partition });
        await send(0);
        await until('the row', async () => (await count('audit_events where id = $1', event.id)) === 1);
        await Promise.all(Array.from({ length: COPIES }, (_, copy) => send(copy % topics['audit-events'].partitions)));
        // One after them on each partition, to know that they have been read.
        for (let partition = 0; partition < topics['audit-events'].partitions; partition += 1) {
          const id = randomUUID();
          await stack.producer.send('audit-events', { value: JSON.stringify({ ...event, id }), partition });
          await until('the next row', async () => (await count('audit_events where id = $1', id)) === 1);
        }
        assert.equal(
          await count('audit_events where subject = $1', event.subject),
          1 + topics['audit-events'].partitions,
        );
      });
    },

    'trade-commands': () => {
      it('have one effect and one answer when they come twice', async () => {
        const accountId = await stack.trade.openAccount('10');
        const deposit = stack.trade.command(accountId, 'deposit', { amount: '1' });
        await sendCommand(deposit, 1);
        await sendCommand(deposit, 1);
        assert.equal(sameOutcome(deposit).type, 'accepted');
        assert.equal(await balance(accountId), 11_000_000);
      });

      it('have one effect and one answer when fifty come at once', async () => {
        const accountId = await stack.trade.openAccount('10');
        const deposit = stack.trade.command(accountId, 'deposit', { amount: '1' });
        await sendCommand(deposit, COPIES);
        assert.equal(sameOutcome(deposit).type, 'accepted');
        assert.equal(await balance(accountId), 11_000_000);
        assert.equal(await count('trade_events where command_id = $1', deposit.commandId), 1);
      });

      it('are refused each time alike, though they would be accepted by now', async () => {
        const accountId = await stack.trade.openAccount('10');
        const withdrawal = stack.trade.command(accountId, 'withdraw', { amount: '11' });
        await sendCommand(withdrawal, 1);
        await stack.trade.ask(stack.trade.command(accountId, 'deposit', { amount: '1' }));
        await sendCommand(withdrawal, 2);
        assert.equal(sameOutcome(withdrawal).type, 'refused');
        assert.equal(await balance(accountId), 11_000_000);
      });

      it('have one effect and one answer when the engine is killed in between', async () => {
        const accountId = await stack.trade.openAccount('10');
        const [answered, underWay] = [0, 1].map(() => stack.trade.command(accountId, 'deposit', { amount: '1' })) as [
          TradeCommand,
          TradeCommand,
        ];
        await sendCommand(answered, 2);
        const sending = Promise.all(Array.from({ length: COPIES }, () => stack.trade.send(underWay)));
        stack.process('trading-engine-1').signal('SIGKILL');
        await sending;
        await sendCommand(answered, 2);
        await sendCommand(underWay, 1);
        for (const command of [answered, underWay]) assert.equal(sameOutcome(command).type, 'accepted');
        assert.equal(await balance(accountId), 12_000_000);
      });

      it('place one order of a name, told as repeated, and refuse the name for another', async () => {
        const accountId = await stack.trade.openAccount('1000');
        const one = quote('SOL_USDC', firstSequence(), { cents: 20_000, at: Date.now() });
        await stack.producer.send('price-updates', { key: one.asset, value: JSON.stringify(one) });
        const order = (quantity: string) =>
          stack.trade.command(accountId, 'place-order', {
            clientOrderId: 'first',
            asset: 'SOL_USDC',
            side: 'buy',
            orderType: 'limit',
            quantity,
            limitPrice: '100.00',
          });
        const outcomes = async () => [
          await stack.trade.ask(order('1.00')),
          await stack.trade.ask(order('1')),
          await stack.trade.ask(order('2.00')),
        ];
        const [placed, repeated, other] = await outcomes();
        assert.deepEqual([placed?.type, repeated?.type, other?.type], ['accepted', 'repeated', 'refused']);
        assert.equal(other?.type === 'refused' && other.code, 'duplicate-client-order-id');
        stack.process('trading-engine-1').signal('SIGKILL');
        assert.deepEqual(
          (await outcomes()).map(({ type }) => type),
          ['repeated', 'repeated', 'refused'],
        );
        assert.equal(await count('orders where account_id = $1', accountId), 1);
      });
    },

    // Nobody reads these two yet: it is on the topics that the engine's word has to be one.
    'trade-events': () => {
      it('are the same event under the same sequence, without gaps, whatever is published again', async () => {
        const shard = 7;
        const accountId = await stack.trade.openAccount('10', shard);
        const own = () => stack.trade.events.filter((event) => event.shard === shard);
        const deposits = Array.from({ length: 30 }, () => stack.trade.command(accountId, 'deposit', { amount: '1' }));
        await Promise.all(deposits.slice(0, 20).map((command) => stack.trade.send(command)));
        stack.process('trading-engine-1').signal('SIGKILL');
        await Promise.all(deposits.slice(20).map((command) => stack.trade.send(command)));
        const isTold = ({ commandId }: TradeCommand) => own().some((event) => event.commandId === commandId);
        await until('every event', () => deposits.every(isTold));
        // Copies of what was published, as a publisher makes them who did not hear that it had been.
        for (const event of own().slice(-5)) {
          await stack.producer.send('trade-events', { key: accountId, value: JSON.stringify(event) });
        }
        assert.equal(
          (await stack.trade.ask(stack.trade.command(accountId, 'deposit', { amount: '1' }))).type,
          'accepted',
        );
        const bySequence = Map.groupBy(own(), ({ sequence }) => sequence);
        for (const [sequence, [first, ...others]] of bySequence) {
          const said = ({ id: _id, ...event }: (typeof stack.trade.events)[number]) => event;
          for (const other of others) assert.deepEqual(said(other), said(first as never), `event ${sequence}`);
        }
        const sequences = [...bySequence.keys()];
        assert.deepEqual(
          sequences,
          sequences.map((_, index) => (sequences[0] as number) + index),
        );
        assert.equal(await balance(accountId), (10 + 31) * 1_000_000);
      });
    },

    'trade-answers': () => {
      it('are one for each time that a command was sent, and copies of them are nothing to the engine', async () => {
        const accountId = await stack.trade.openAccount('10');
        const deposit = stack.trade.command(accountId, 'deposit', { amount: '1' });
        await sendCommand(deposit, 1);
        const [answer] = stack.trade.answers(deposit);
        for (let copy = 0; copy < 3; copy += 1) {
          await stack.producer.send('trade-answers', { key: deposit.replyTo, value: JSON.stringify(answer) });
        }
        const next = stack.trade.command(accountId, 'deposit', { amount: '1' });
        assert.equal((await stack.trade.ask(next)).type, 'accepted');
        await until('the copies', () => stack.trade.answers(deposit).length === 4);
        assert.equal(stack.trade.answers(next).length, 1);
        assert.equal(await balance(accountId), 12_000_000);
      });
    },
  };

  /** Sends copies of a command and waits for as many answers more. */
  async function sendCommand(command: TradeCommand, copies: number): Promise<void> {
    const before = stack.trade.answers(command).length;
    await Promise.all(Array.from({ length: copies }, () => stack.trade.send(command)));
    await until('all answers', () => stack.trade.answers(command).length >= before + copies);
  }

  /** What all answers to a command say alike. */
  function sameOutcome(command: TradeCommand): TradeAnswer['outcome'] {
    const [first, ...others] = stack.trade.answers(command).map(({ outcome }) => outcome);
    assert.ok(first);
    for (const other of others) assert.deepEqual(other, first);
    return first;
  }

  /** In micros. */
  async function balance(accountId: string): Promise<number> {
    const { rows } = await stack.database.query('select balance::float8 from accounts where id = $1', [accountId]);
    return rows[0]?.balance;
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
