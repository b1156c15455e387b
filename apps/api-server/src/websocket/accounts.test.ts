import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { EmbeddedBroker, ensureTopics, type Kafka } from '@repo/kafka';
import { type AccountUpdate, type ServerFrame, ServerFrameSchema } from '@repo/schemas';
import { micros, type Quote, steps, ticks } from '@repo/trading-core';
import { CoreShard, priceOf } from '../trading/testing/core-shard.ts';
import { connectRaw, type RawClient } from './testing/raw-client.ts';
import { startTestHub, type TestHub, testOrigin } from './testing/start-test-hub.ts';

type Frame = Extract<ServerFrame, { data: { account: unknown } }>;
const accountFrames = ({ frames }: RawClient) =>
  frames.filter((frame): frame is Frame => 'data' in frame && 'account' in frame.data);
const errorsOf = ({ frames }: RawClient) => frames.flatMap((frame) => (frame.type === 'error' ? [frame.code] : []));

describe('the channel of an account', () => {
  let hub: TestHub;
  let engine: CoreShard;
  let accountId: string;
  let told: number;
  let sequence = 0;
  let clients: RawClient[] = [];
  afterEach(async () => {
    for (const client of clients) {
      for (const frame of client.frames) ServerFrameSchema.parse(frame);
      assertGapFree(client);
      client.socket.destroy();
    }
    clients = [];
    await hub.close();
  });

  async function start(options: Parameters<typeof startTestHub>[0] = {}): Promise<void> {
    hub = await startTestHub({ figuresMs: 100_000, reloadMs: 1, ...options });
    engine = new CoreShard(7);
    accountId = engine.openAccount();
    hub.accounts.set('ann', [accountId]);
    hub.accounts.set('bob', [engine.openAccount()]);
    hub.loadAccount = async (id) => engine.load(id);
    await price(20_000);
    told = engine.events.length;
  }

  async function connect(user?: string, session = `${user}-session`): Promise<RawClient> {
    const headers = { Origin: testOrigin, Cookie: `session=${user}/${session}` };
    const client = await connectRaw(hub.port, user === undefined ? {} : { headers });
    clients.push(client);
    return client;
  }

  /** A quote for the engine and the board. */
  async function price(bid: number): Promise<void> {
    sequence += 1;
    const at = Date.now();
    const quote: Quote = {
      asset: 'SOL_USDC',
      bid: ticks(bid),
      ask: ticks(bid + 2),
      sequence,
      at,
      source: 'simulated',
      status: 'live',
    };
    engine.quote(quote);
    await hub.quote('SOL_USDC', priceOf(quote, 2));
  }

  function order(name: string, more: { readonly stopLoss?: number; readonly limit?: number } = {}): void {
    const { limit, stopLoss } = more;
    const outcome = engine.command({
      type: 'place-order',
      at: engine.at,
      accountId,
      clientOrderId: name,
      asset: 'SOL_USDC',
      side: 'buy',
      quantity: steps(1_000),
      orderType: limit === undefined ? 'market' : 'limit',
      ...(limit !== undefined && { limitPrice: ticks(limit) }),
      ...(stopLoss !== undefined && { stopLoss: ticks(stopLoss) }),
    });
    assert.equal(outcome.type, 'accepted');
  }

  const deposit = (amount = 1_000_000, id = accountId) =>
    engine.command({ type: 'deposit', at: engine.at, accountId: id, amount: micros(amount) });

  /** What has happened since the last time. */
  async function tell(): Promise<void> {
    const first = told + 1;
    told = engine.events.length;
    await engine.tell(hub.kafka, first);
  }

  async function subscribed(user: string, channel = 'account'): Promise<RawClient> {
    const client = await connect(user);
    client.subscribe(channel);
    await client.until(() => accountFrames(client).length > 0);
    return client;
  }

  async function nextUpdate(client: RawClient, count: number): Promise<AccountUpdate> {
    await client.until(() => accountFrames(client).length >= count);
    return accountFrames(client)[count - 1]?.data as AccountUpdate;
  }

  it('begins with the whole account, and tells orders, fills, positions and money as they change', async () => {
    await start();
    order('waiting', { limit: 19_000 });
    told = engine.events.length;
    const client = await subscribed('ann');
    const [snapshot] = accountFrames(client);
    assert.ok(snapshot?.type === 'snapshot' && snapshot.sequence === 0);
    assert.deepEqual([snapshot.data.account.id, snapshot.data.account.balance], [accountId, '10000.00']);
    assert.deepEqual(
      snapshot.data.orders.map(({ clientOrderId, limitPrice }) => [clientOrderId, limitPrice]),
      [['waiting', '190.00']],
    );

    order('now', { stopLoss: 19_500 });
    await tell();
    const opened = await nextUpdate(client, 2);
    assert.deepEqual(
      opened.orders.map(({ clientOrderId, status }) => [clientOrderId, status]),
      [['now', 'filled']],
    );
    assert.deepEqual(
      [opened.fills.length, opened.fills[0]?.price, opened.positions[0]?.quantity],
      [1, '200.02', '10.00'],
    );
    assert.equal(opened.positions[0]?.stopLoss, '195.00');

    await price(19_400);
    await tell();
    const closed = await nextUpdate(client, 3);
    assert.deepEqual([closed.fills[0]?.rule, closed.positions[0]?.quantity], ['stop-loss', '0.00']);
    await price(18_990);
    await tell();
    const filled = await nextUpdate(client, 4);
    assert.deepEqual(
      filled.orders.map(({ clientOrderId, status, endedAt }) => [clientOrderId, status, endedAt !== undefined]),
      [['waiting', 'filled', true]],
    );
    deposit(2_500_000);
    await tell();
    const { notices } = await nextUpdate(client, 5);
    assert.deepEqual(
      notices.map(({ type, figures }) => [type, figures.amount]),
      [['deposited', '2.50']],
    );
    assert.deepEqual(
      accountFrames(client).map((frame) => frame.sequence),
      [0, 1, 2, 3, 4],
    );
  });

  it('is one for all connections of a user, and of nobody else', async () => {
    await start();
    const [first, second, other] = [await subscribed('ann'), await subscribed('ann'), await subscribed('bob')];
    const named = await subscribed('ann', `account:${accountId}`);
    assert.equal(await hub.metric('cfd_api_server_accounts_held'), 2);
    deposit();
    await tell();
    for (const client of [first, second, named]) await nextUpdate(client, 2);
    assert.deepEqual(accountFrames(first)[1], accountFrames(second)[1]);
    const [mine] = accountFrames(named);
    assert.equal(mine?.channel, `account:${accountId}`);
    other.say({ op: 'ping' });
    await other.until(() => other.frames.some(({ type }) => type === 'pong'));
    assert.equal(accountFrames(other).length, 1);
    assert.ok(!JSON.stringify(other.frames).includes(accountId));
    for (const client of [first, second, named, other])
      client.say({ op: 'unsubscribe', channels: ['account', mine?.channel ?? ''] });
    while ((await hub.metric('cfd_api_server_accounts_held')) > 0)
      await new Promise((resolve) => setImmediate(resolve));
  });

  it('needs a session, and an account of its user', async () => {
    await start();
    const [nobody, bob] = [await connect(), await connect('bob')];
    nobody.say({ op: 'subscribe', channels: ['account', `account:${accountId}`], id: 'a' });
    nobody.subscribe('account:', 'account:7', `account:${accountId}x`, 'accounts');
    await nobody.frame(5);
    const none = ['unknown-channel', 'unknown-channel', 'unknown-channel', 'unknown-channel'];
    assert.deepEqual(errorsOf(nobody), ['session-required', 'session-required', ...none]);
    bob.say({ op: 'subscribe', channels: [`account:${accountId}`], id: 'b' });
    const refusal = await bob.frame(0);
    assert.ok(refusal.type === 'error' && refusal.code === 'unknown-account' && refusal.id === 'b');
    assert.equal(refusal.channel, `account:${accountId}`);
    assert.equal(await hub.metric('subscriptions'), 0);
    deposit();
    await tell();
    bob.say({ op: 'ping' });
    assert.equal((await bob.frame(1)).type, 'pong');
  });

  it('says when the books cannot be read, however often, and works when they can', async () => {
    await start();
    const load = hub.loadAccount;
    hub.loadAccount = () => Promise.reject(new Error('the database is away'));
    const client = await connect('ann');
    for (let tries = 0; tries < 15; tries += 1) {
      client.subscribe('account');
      const answer = await client.frame(tries);
      assert.ok(answer.type === 'error' && answer.code === 'service-unavailable');
    }
    hub.loadAccount = load;
    client.subscribe('account');
    assert.equal((await client.frame(15)).type, 'snapshot');
    assert.equal(await hub.metric('subscriptions'), 1);
  });

  it('puts nothing before its snapshot, and nothing twice, whatever happens while it is loaded', async () => {
    await start();
    const [reading, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    hub.loadAccount = async (id) => {
      const loaded = engine.load(id);
      reading.resolve();
      await mayEnd.promise;
      return loaded;
    };
    const [client, leaver, other] = [await connect('ann'), await connect('ann'), await connect('ann')];
    for (const one of [client, leaver]) one.subscribe('account');
    await reading.promise;
    deposit(1_000_000);
    await tell();
    deposit(2_000_000);
    await tell();
    leaver.say({ op: 'unsubscribe', channels: ['account'] });
    await leaver.frame(0);
    other.subscribe('account');
    mayEnd.resolve();
    for (const one of [client, other]) {
      await nextUpdate(one, 1);
      assert.deepEqual(
        accountFrames(one).map(({ type, data }) => [type, data.account.balance]),
        [['snapshot', '10003.00']],
      );
    }
    // Told again, as by an engine that took the shard over.
    await engine.tell(hub.kafka, told - 1);
    deposit(4_000_000);
    await tell();
    const { account, notices } = await nextUpdate(client, 2);
    assert.deepEqual([account.balance, notices.length], ['10007.00', 1]);
    assert.equal(accountFrames(leaver).length, 0);
  });

  it('leaves nothing behind when everybody has left before it was loaded', async () => {
    await start();
    const [reading, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const load = hub.loadAccount;
    hub.loadAccount = async (id) => {
      reading.resolve();
      await mayEnd.promise;
      return load(id);
    };
    const client = await connect('ann');
    client.subscribe('account');
    await reading.promise;
    client.socket.destroy();
    while ((await hub.metric('subscriptions')) > 0) await new Promise((resolve) => setImmediate(resolve));
    mayEnd.resolve();
    assert.equal(await hub.metric('cfd_api_server_accounts_held'), 0);
    hub.loadAccount = load;
    await subscribed('ann');
  });

  it('tells the figures when prices alone have moved them, and nothing when they have not', async () => {
    await start({ figuresMs: 20 });
    order('now');
    told = engine.events.length;
    const client = await subscribed('ann');
    const idle = await subscribed('bob');
    await price(20_100);
    const update = await nextUpdate(client, 2);
    const { account } = update;
    assert.equal(account.unrealizedPnl, '9.80');
    assert.deepEqual([update.orders, update.positions, update.fills, update.notices], [[], [], [], []]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(accountFrames(client).length, 2);
    assert.equal(accountFrames(idle).length, 1);
  });

  it('ends with the session', async () => {
    await start({ settings: { sessionCheckIntervalMs: 20 } });
    const client = await subscribed('ann');
    const stays = await subscribed('bob');
    hub.endedSessions.add('ann-session');
    assert.equal(await client.closed(), 4401);
    deposit();
    await tell();
    assert.equal(accountFrames(client).length, 1);
    assert.equal(stays.ended, false);
  });

  it('begins anew when an event is not understood, does not fit or is lost with its log', async () => {
    const [old, fresh] = [new EmbeddedBroker(), new EmbeddedBroker()];
    let now = old.connect();
    // What a client sees whose brokers come back with their topics created anew.
    const kafka = new Proxy({} as Kafka, { get: (_, name: keyof Kafka) => now[name].bind(now) });
    await start({ kafka });
    const client = await subscribed('ann');
    const snapshots = () =>
      accountFrames(client).flatMap(({ type, data }) => (type === 'snapshot' ? data.account.balance : []));

    deposit();
    told = engine.events.length;
    await hub.kafka.send('trade-events', [{ key: accountId, value: '{"type":"get-rich"}' }]);
    await client.until(() => snapshots().length === 2);

    deposit();
    const strange = { ...engine.events.at(-1), type: 'order-filled', orderId: 999 } as never;
    engine.events.push(strange);
    await engine.tell(hub.kafka, engine.events.length);
    engine.events.pop();
    told = engine.events.length;
    await client.until(() => snapshots().length === 3);

    deposit();
    // Published in the old log alone, and never read.
    told = engine.events.length;
    now = fresh.connect();
    old.interrupt();
    await ensureTopics(kafka);
    await client.until(() => snapshots().length === 4);
    assert.deepEqual(snapshots(), ['10000.00', '10001.00', '10002.00', '10003.00']);
    deposit();
    await tell();
    await client.until(() => accountFrames(client).at(-1)?.data.account.balance === '10004.00');
    assert.equal(accountFrames(client).at(-1)?.type, 'update');
    assert.equal(await hub.metric('cfd_api_server_accounts_restarts_total'), 3);
  });
});

function assertGapFree(client: RawClient): void {
  const sequences = new Map<string, number>();
  for (const { channel, type, sequence } of accountFrames(client)) {
    if (type === 'update') assert.equal(sequence, (sequences.get(channel) ?? Number.NaN) + 1, 'a gap');
    sequences.set(channel, sequence);
  }
}
