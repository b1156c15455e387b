import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PriceWithStart } from '@repo/schemas';
import { WebSocket as NodeWebSocket, type WebSocket as Socket, WebSocketServer } from 'ws';
import {
  type AccountFrame,
  createPriceStream,
  type PriceStream,
  type PricesFrame,
  type StreamTiming,
} from './price-stream.ts';

const quick: Partial<StreamTiming> = { retryMsMin: 1, retryMsMax: 10 };

function price(asset: string, mid: number): PriceWithStart {
  const text = String(mid);
  return {
    asset,
    price: mid,
    timestamp: 1,
    bid: text,
    ask: text,
    status: 'live',
    source: 'replay',
    sequence: mid,
    startPrice: 1,
  };
}

function snapshot(sequence: number, ...data: PriceWithStart[]): PricesFrame {
  return { channel: 'prices', type: 'snapshot', sequence, data };
}

function update(sequence: number, asset: string, mid: number): PricesFrame {
  const { startPrice: _, ...data } = price(asset, mid);
  return { channel: 'prices', type: 'update', sequence, data: [data] };
}

const accountId = '0b9f3f4a-98f9-4b6a-8d2b-0d6a4f5b7c11';

function accountWith(balance: string) {
  return {
    id: accountId,
    mode: 'hedging',
    profile: 'professional',
    currency: 'USD',
    openedAt: 1,
    balance,
    unrealizedPnl: '0.00',
    equity: balance,
    usedMargin: '0.00',
    freeMargin: balance,
    marginLevel: null,
    isMarginCalled: false,
    isPriced: true,
  };
}

function order(id: string) {
  return {
    id,
    accountId,
    clientOrderId: id,
    asset: 'SOL_USDC',
    side: 'buy',
    type: 'limit',
    status: 'accepted',
    quantity: '1.00',
    limitPrice: '10.00',
    timeInForce: 'gtc',
    isTriggered: false,
    acceptedAt: 1,
  };
}

function position(id: string, quantity: string) {
  return {
    id,
    accountId,
    asset: 'SOL_USDC',
    side: 'long',
    quantity,
    openPrice: '10.00',
    margin: '0.50',
    swap: '0.00',
    commission: '0.01',
    unrealizedPnl: '0.00',
    openedAt: 1,
  };
}

/** A server that says what it is told to, and keeps what it hears. */
class ScriptedServer {
  readonly sockets: Socket[] = [];
  readonly heard: { op: string; channels?: string[] }[] = [];
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });

  constructor() {
    this.#server.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as { op: string }));
    });
  }

  async url(): Promise<string> {
    if (this.#server.address() === null) await once(this.#server, 'listening');
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  say(frame: unknown): void {
    this.sockets.at(-1)?.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the price stream', () => {
  let server: ScriptedServer;
  let stream: PriceStream;
  let seen: PricesFrame[];

  beforeEach(() => {
    server = new ScriptedServer();
    seen = [];
  });
  afterEach(async () => {
    stream.close();
    await server.close();
  });

  async function start(timing: Partial<StreamTiming> = quick): Promise<PriceStream> {
    stream = createPriceStream({ url: await server.url(), timing });
    return stream;
  }

  /** Subscribed to `prices`, with a snapshot of sequence 5. */
  async function startWithSnapshot(timing: Partial<StreamTiming> = quick): Promise<void> {
    await start(timing);
    stream.subscribe('prices', (frame) => seen.push(frame));
    await until(() => server.heard.length === 1);
    server.say(snapshot(5, price('SOL_USDC', 10)));
    await until(() => seen.length === 1);
  }

  const sequences = () => seen.map(({ type, sequence }) => `${type} ${sequence}`);

  it('subscribes what it is asked for in one frame, and hands on what comes', async () => {
    await start();
    const candles: unknown[] = [];
    stream.subscribe('prices', (frame) => seen.push(frame));
    stream.subscribe('candles:SOL_USDC:1m', (frame) => candles.push(frame.data));
    await until(() => server.heard.length === 1);
    assert.deepEqual(server.heard, [{ op: 'subscribe', channels: ['prices', 'candles:SOL_USDC:1m'] }]);
    const candle = { openTime: 60_000, open: 1, high: 2, low: 1, close: 2, ticks: 2, spread: 0.1 };
    server.say({ channel: 'candles:SOL_USDC:1m', type: 'snapshot', sequence: 0, data: [candle] });
    server.say(snapshot(5, price('SOL_USDC', 10)));
    server.say(update(6, 'SOL_USDC', 11));
    await until(() => seen.length === 2);
    assert.deepEqual(sequences(), ['snapshot 5', 'update 6']);
    assert.deepEqual(candles, [[candle]]);
  });

  it('merges an account for a listener that comes late', async () => {
    await start();
    const frames: AccountFrame[] = [];
    const late: AccountFrame[] = [];
    stream.subscribe('account', (frame) => frames.push(frame));
    await until(() => server.heard.length === 1);
    const [account, richer] = [accountWith('10.00'), accountWith('12.50')];
    const data = { account, orders: [order('3-1'), order('3-2')], positions: [position('3-1', '1.00')] };
    server.say({ channel: 'account', type: 'snapshot', sequence: 4, data });
    const changes = {
      account: richer,
      orders: [
        { ...order('3-1'), status: 'filled', endedAt: 2 },
        { ...order('3-2'), limitPrice: '9.00' },
      ],
      positions: [position('3-1', '0.00'), position('3-2', '2.00')],
      fills: [],
      notices: [{ type: 'deposited', at: 3, figures: { amount: '2.50' } }],
    };
    server.say({ channel: 'account', type: 'update', sequence: 5, data: changes });
    await until(() => frames.length === 2);
    stream.subscribe('account', (frame) => late.push(frame));
    await until(() => late.length === 1);
    assert.deepEqual(late[0], {
      channel: 'account',
      type: 'snapshot',
      sequence: 5,
      data: {
        account: richer,
        orders: [{ ...order('3-2'), limitPrice: '9.00' }],
        positions: [position('3-2', '2.00')],
      },
    });
    server.say({ channel: 'account', type: 'snapshot', sequence: 5, data: { account, orders: [], positions: [] } });
    await until(() => frames.length === 3);
    stream.subscribe('account', (frame) => late.push(frame));
    await until(() => late.length === 3);
    assert.deepEqual(late[2]?.data, { account, orders: [], positions: [] });
  });

  it('asks again for what the server could not serve', async () => {
    await start({ ...quick, retryMsMin: 5 });
    const errors: string[] = [];
    stream.on('error', ({ code }) => errors.push(code));
    const frames: AccountFrame[] = [];
    stream.subscribe('account', (frame) => frames.push(frame));
    const refusal = { type: 'error', code: 'service-unavailable', message: 'Not now.', channel: 'account' };
    for (let count = 1; count <= 3; count += 1) {
      await until(() => server.heard.length === count);
      server.say(refusal);
    }
    await until(() => server.heard.length === 4);
    const data = { account: accountWith('1.00'), orders: [], positions: [] };
    server.say({ channel: 'account', type: 'snapshot', sequence: 0, data });
    await until(() => frames.length === 1);
    assert.deepEqual(errors, ['service-unavailable', 'service-unavailable', 'service-unavailable']);
    assert.deepEqual(server.heard.at(-1), { op: 'subscribe', channels: ['account'] });
  });

  it('subscribes a channel once for all who listen, and leaves it with the last', async () => {
    await startWithSnapshot();
    const late: PricesFrame[] = [];
    server.say(update(6, 'SOL_USDC', 11));
    server.say(update(7, 'BTC_USDC', 60_000));
    await until(() => seen.length === 3);
    const stop = stream.subscribe('prices', (frame) => late.push(frame));
    await until(() => late.length === 1);
    assert.deepEqual(late[0], snapshot(7, price('SOL_USDC', 11), { ...price('BTC_USDC', 60_000), startPrice: 60_000 }));
    stop();
    stop();
    server.say(update(8, 'SOL_USDC', 12));
    await until(() => seen.length === 4);
    assert.equal(late.length, 1);
    assert.equal(server.heard.length, 1);
  });

  it('leaves and joins again', async () => {
    await start();
    const stop = stream.subscribe('prices', (frame) => seen.push(frame));
    await until(() => server.heard.length === 1);
    server.say(snapshot(5));
    await until(() => seen.length === 1);
    stop();
    await until(() => server.heard.length === 2);
    stream.subscribe('prices', (frame) => seen.push(frame));
    await until(() => server.heard.length === 3);
    assert.deepEqual(
      server.heard.map(({ op }) => op),
      ['subscribe', 'unsubscribe', 'subscribe'],
    );
    // Sent before the server knew.
    server.say(update(6, 'SOL_USDC', 11));
    server.say(snapshot(9));
    await until(() => seen.length === 2);
    assert.deepEqual(sequences(), ['snapshot 5', 'snapshot 9']);
  });

  for (const [name, sequence] of [
    ['a gap', 7],
    ['a repetition', 5],
  ] as const) {
    it(`asks anew after ${name}, and believes nothing before the answer`, async () => {
      await startWithSnapshot();
      server.say(update(sequence, 'SOL_USDC', 66));
      server.say(update(sequence + 1, 'SOL_USDC', 67));
      await until(() => server.heard.length === 2);
      assert.deepEqual(server.heard[1], { op: 'subscribe', channels: ['prices'] });
      server.say(snapshot(20, price('SOL_USDC', 12)));
      server.say(update(21, 'SOL_USDC', 13));
      await until(() => seen.length === 3);
      assert.deepEqual(sequences(), ['snapshot 5', 'snapshot 20', 'update 21']);
    });
  }

  it('comes back after a loss, says so, and has all channels again', async () => {
    await start();
    const statuses: string[] = [stream.status];
    stream.on('status', (status) => statuses.push(status));
    stream.subscribe('prices', (frame) => seen.push(frame));
    await until(() => server.heard.length === 1);
    server.say(snapshot(5));
    await until(() => seen.length === 1);
    server.sockets[0]?.close(1001);
    await until(() => server.heard.length === 2);
    server.say(update(1, 'SOL_USDC', 9));
    server.say(snapshot(0));
    await until(() => seen.length === 2);
    server.sockets[1]?.terminate();
    await until(() => server.heard.length === 3);
    assert.deepEqual(sequences(), ['snapshot 5', 'snapshot 0']);
    assert.deepEqual(statuses, ['connecting', 'open', 'reconnecting', 'open', 'reconnecting', 'open']);
    stream.close();
    assert.equal(statuses.at(-1), 'closed');
  });

  it('keeps on trying while there is no server', async () => {
    const url = await server.url();
    await server.close();
    let tries = 0;
    stream = createPriceStream({
      url,
      timing: quick,
      webSocket: (address) => {
        tries += 1;
        return new NodeWebSocket(address);
      },
    });
    await until(() => tries > 5);
    assert.equal(stream.status, 'reconnecting');
  });

  it('gives up a server that lets it wait', async () => {
    let connections = 0;
    const mute = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined).resume();
    });
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
    stream = createPriceStream({ url, timing: { ...quick, answerMsMax: 10 } });
    await until(() => connections > 2);
    stream.close();
    mute.close();
  });

  it('asks a silent server whether it is there, and gives it up when it does not answer', async () => {
    await startWithSnapshot({ ...quick, pingAfterMs: 20, answerMsMax: 20 });
    const ops = () => server.heard.map(({ op }) => op);
    await until(() => ops().includes('ping'));
    await until(() => ops().lastIndexOf('subscribe') > ops().indexOf('ping'));
    assert.ok(server.sockets.length > 1);
  });

  it('stays with a silent server that answers', async () => {
    await startWithSnapshot({ ...quick, pingAfterMs: 5, answerMsMax: 500 });
    for (let count = 1; count < 3; count += 1) {
      await until(() => server.heard.length === count + 1);
      server.say({ type: 'pong', at: 1 });
    }
    assert.equal(server.sockets.length, 1);
  });

  it('tells of what is refused and of what makes no sense', async () => {
    await start();
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.subscribe('candles:XXX_USDC:1m', () => assert.fail('there is no such channel'));
    await until(() => server.heard.length === 1);
    const refusal = { code: 'unknown-instrument', message: 'No.', channel: 'candles:XXX_USDC:1m' };
    server.say({ type: 'error', ...refusal });
    for (const nonsense of ['{', '[]', '{"type":"snapshot"}']) server.say(nonsense);
    await until(() => errors.length === 4);
    assert.deepEqual(errors[0], refusal);
    assert.deepEqual(
      errors.slice(1).map((error) => (error as { code: string }).code),
      ['unintelligible', 'unintelligible', 'unintelligible'],
    );
    assert.equal(stream.status, 'open');
  });

  it('tells when the session has ended, and goes on without it', async () => {
    await startWithSnapshot();
    const ended = new Promise<void>((resolve) => {
      stream.on('sessionEnded', () => resolve());
    });
    server.sockets[0]?.close(4401, 'session ended');
    await ended;
    await until(() => server.heard.length === 2);
  });

  it('is quiet once closed', async () => {
    await startWithSnapshot();
    stream.on('status', (status) => assert.equal(status, 'closed'));
    stream.close();
    stream.close();
    await until(() => server.sockets[0]?.readyState === NodeWebSocket.CLOSED);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(server.sockets.length, 1);
  });

  it('knows from the browser when the network is gone and when it is back', async () => {
    const network = new EventTarget();
    const add = network.addEventListener.bind(network);
    const remove = network.removeEventListener.bind(network);
    Object.assign(globalThis, { addEventListener: add, removeEventListener: remove });
    try {
      // Waits that no test would sit out: only the event brings it back.
      await startWithSnapshot({ retryMsMin: 1e8, retryMsMax: 1e8 });
      network.dispatchEvent(new Event('offline'));
      assert.equal(stream.status, 'reconnecting');
      network.dispatchEvent(new Event('online'));
      await until(() => server.heard.length === 2);
      stream.close();
      network.dispatchEvent(new Event('online'));
      assert.equal(stream.status, 'closed');
    } finally {
      Reflect.deleteProperty(globalThis, 'addEventListener');
      Reflect.deleteProperty(globalThis, 'removeEventListener');
    }
  });
});
