import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import type { PriceUpdate, ServerFrame } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { micros } from '@repo/trading-core';
import fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { createCandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import type { AccountListener, WatchedAccount } from '../trading/account-board.ts';
import { LiveAccount } from '../trading/live-account.ts';
import { moneyText } from '../trading/present/units.ts';
import { CoreShard } from '../trading/testing/core-shard.ts';
import { AccountChannels } from './account-channels.ts';
import { Channels } from './channels.ts';
import { ClientMessages } from './client-messages.ts';
import { Connection } from './connection.ts';
import { RawClient } from './testing/raw-client.ts';
import { testUpdate } from './testing/start-test-hub.ts';
import { createWebSocketMetrics } from './websocket-metrics.ts';
import { defaultWebSocketSettings } from './websocket-settings.ts';

const assets = ['SOL_USDC', 'BTC_USDC', 'ETH_USDC'] as const;
const channelNames = ['prices', 'candles:SOL_USDC:1s', 'candles:BTC_USDC:1m', 'account'] as const;
const CLIENTS = 6;
const BUFFERED_BYTES_MAX = 2_048;
/** On top of the bound: the frames of one round, a snapshot of each channel, a few answers. */
const BUFFERED_BYTES_SLACK = 12_288;

const operations = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant<'quotes'>('quotes'),
        asset: fc.constantFrom(...assets),
        count: fc.integer({ min: 1, max: 8 }),
        /** Whether each of them becomes a frame. */
        apart: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant<'say'>('say'),
        op: fc.constantFrom('subscribe', 'unsubscribe'),
        client: fc.nat({ max: CLIENTS - 1 }),
        channel: fc.constantFrom(...channelNames),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom<('pause' | 'resume')[]>('pause', 'resume'),
        client: fc.nat({ max: CLIENTS - 1 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant<'turn'>('turn') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant<'second'>('second') }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant<'deposits'>('deposits'), count: fc.integer({ min: 1, max: 8 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant<'lose'>('lose') }) },
  ),
  { minLength: 50, maxLength: 150, size: 'max' },
);

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The hub without its network: clients are streams in memory, so that one that pauses is slow after two kilobytes. */
class MemoryHub {
  readonly #acceptor = new WebSocketServer({ noServer: true });
  readonly #prices = new Map<string, PriceUpdate & { startPrice: number }>();
  readonly #listeners: ((update: PriceUpdate) => void)[] = [];
  readonly #connections: Connection[] = [];
  readonly metrics = createWebSocketMetrics(createMetrics(), () => 0, 1);
  readonly board: PriceBoard = {
    latest: () => [...this.#prices.values()].map(({ id: _id, at: _at, ...price }) => price),
    get: (asset) => this.#prices.get(asset),
    onUpdate: (listener) => {
      this.#listeners.push(listener);
      return () => undefined;
    },
    close: async () => undefined,
  };
  readonly candles = createCandleBoard({
    board: this.board,
    candles: { findCandles: async () => [] },
    logger: createLogger({ level: 'silent' }),
  });
  readonly settings = {
    ...defaultWebSocketSettings,
    flushIntervalMs: 0,
    cohortSize: 2,
    messagesPerSecondMax: 1_000_000,
    bufferedBytesMax: BUFFERED_BYTES_MAX,
  };
  readonly engine = new CoreShard(5);
  readonly accountId = this.engine.openAccount();
  #account: LiveAccount | undefined;
  readonly channels = new Channels({
    board: this.board,
    candles: this.candles,
    accounts: new AccountChannels({
      board: { watch: (_, listener) => this.#watch(listener) },
      accounts: {
        owned: async () => undefined,
        defaultOf: async (userId) => ({
          id: this.accountId,
          userId,
          shard: 5,
          mode: 'hedging',
          profile: 'professional',
          openedAt: 0,
        }),
      },
      settings: this.settings,
      metrics: this.metrics,
      logger: createLogger({ level: 'silent' }),
    }),
    settings: this.settings,
    metrics: this.metrics,
  });
  readonly #messages = new ClientMessages(this.channels, this.metrics);
  #sequence = 0;
  #at = Date.UTC(2026, 0, 5, 11, 59, 55);

  connect(): RawClient<Duplex> {
    const [near, far] = duplexPair({ highWaterMark: BUFFERED_BYTES_MAX });
    const client = new RawClient(far);
    const request = {
      method: 'GET',
      url: '/',
      headers: {
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      },
    } as unknown as IncomingMessage;
    this.#acceptor.handleUpgrade(request, near, Buffer.alloc(0), (ws) => {
      const { settings, metrics } = this;
      const connection = new Connection({
        ws,
        socket: near,
        session: { userId: 'ann', sessionId: 'one' },
        settings,
        metrics,
      });
      ws.on('message', (data) => this.#messages.take(connection, data as Buffer, false));
      this.#connections.push(connection);
    });
    return client;
  }

  quote(asset: string): void {
    this.#sequence += 1;
    const price = 100 + this.#sequence;
    const update = testUpdate(asset, this.#sequence, { price, at: this.#at, timestamp: this.#at });
    this.#prices.set(asset, { ...update, startPrice: this.#prices.get(asset)?.startPrice ?? price });
    for (const listener of this.#listeners) listener(update);
  }

  deposit(): void {
    const { engine, accountId } = this;
    engine.command({ type: 'deposit', at: engine.at, accountId, amount: micros(1_000_000) });
    const event = engine.events.at(-1);
    if (event !== undefined) this.#account?.take(event);
  }

  /** Events of the account are lost, and so it is loaded anew. */
  lose(): void {
    this.#account?.restart('lost-events');
  }

  #watch(listener: AccountListener): WatchedAccount {
    const account = new LiveAccount({
      shard: 5,
      load: async () => {
        await turn();
        return this.engine.load(this.accountId);
      },
      quotes: () => [],
      onRestart: () => undefined,
      reloadMs: 0,
    });
    this.#account = account;
    account.join(listener);
    return {
      ready: account.loaded,
      state: () => account.stateFor(listener),
      takeChanges: () => account.takeFor(listener),
      close: () => account.close(),
    };
  }

  passSecond(): void {
    this.#at += 1_000;
  }

  bufferedBytes(): number {
    return Math.max(...this.#connections.map(({ bufferedBytes }) => bufferedBytes));
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) {
      connection.release();
      connection.cut();
    }
    this.channels.close();
    await this.candles.close();
  }
}

/** What a client that believes every frame has in the end; fails on the first that breaks the protocol. */
function believe(frames: readonly ServerFrame[]): Map<string, Map<string | number, unknown>> {
  const channels = new Map<string, { sequence: number; state: Map<string | number, unknown> }>();
  for (const frame of frames) {
    if (frame.type === 'unsubscribed') for (const channel of frame.channels) channels.delete(channel);
    if (frame.type !== 'snapshot' && frame.type !== 'update') continue;
    const known = channels.get(frame.channel);
    if (frame.type === 'update') assert.equal(frame.sequence, (known?.sequence ?? Number.NaN) + 1, frame.channel);
    const state = frame.type === 'update' && known !== undefined ? known.state : new Map<string | number, unknown>();
    if (!Array.isArray(frame.data)) {
      if (frame.type === 'update' && 'notices' in frame.data) {
        // Each deposit is of 1.00: what is in a snapshot is not told again.
        const [before, after] = [Number(state.get('balance')), Number(frame.data.account.balance)];
        assert.equal(after - before, frame.data.notices.length, 'what was told is what has changed');
      }
      state.set('balance', frame.data.account.balance);
      channels.set(frame.channel, { sequence: frame.sequence, state });
      continue;
    }
    for (const item of frame.data) {
      if ('asset' in item) state.set(item.asset, item.price);
      else {
        const newest = Math.max(...[...state.keys()].map(Number));
        assert.ok(!(item.openTime < newest), 'a candle went back in time');
        state.set(item.openTime, item);
      }
    }
    channels.set(frame.channel, { sequence: frame.sequence, state });
  }
  return new Map([...channels].map(([channel, { state }]) => [channel, state]));
}

describe('whatever clients do', () => {
  it('sequences have no gap, memory is bounded, and who reads in the end knows everything', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const hub = new MemoryHub();
        try {
          await play(hub, list);
        } finally {
          await hub.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});

type Operation = (typeof operations extends fc.Arbitrary<infer List> ? List : never) extends readonly (infer One)[]
  ? One
  : never;

async function play(hub: MemoryHub, list: readonly Operation[]): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, () => ({ raw: hub.connect(), held: new Set<string>() }));
  for (const operation of list) {
    const client = 'client' in operation ? clients[operation.client] : undefined;
    switch (operation.kind) {
      case 'quotes':
        for (let count = 0; count < operation.count; count += 1) {
          hub.quote(operation.asset);
          if (operation.apart) await Promise.resolve();
        }
        break;
      case 'say':
        client?.raw.say({ op: operation.op, channels: [operation.channel] });
        if (operation.op === 'subscribe') client?.held.add(operation.channel);
        else client?.held.delete(operation.channel);
        break;
      case 'pause':
        client?.raw.socket.pause();
        break;
      case 'resume':
        client?.raw.socket.resume();
        break;
      case 'turn':
        await turn();
        break;
      case 'deposits':
        for (let count = 0; count < operation.count; count += 1) hub.deposit();
        break;
      case 'lose':
        hub.lose();
        break;
      case 'second':
        hub.passSecond();
        break;
    }
    assert.ok(hub.bufferedBytes() <= BUFFERED_BYTES_MAX + BUFFERED_BYTES_SLACK, `${hub.bufferedBytes()} bytes`);
  }
  for (const { raw } of clients) raw.socket.resume();
  for (let count = 0; count < 20; count += 1) await turn();
  for (const asset of assets) hub.quote(asset);
  for (let count = 0; count < 20; count += 1) await turn();
  for (const { raw, held } of clients) assertKnowsEverything(hub, believe(raw.frames), held);
}

function assertKnowsEverything(
  hub: MemoryHub,
  believed: ReadonlyMap<string, ReadonlyMap<string | number, unknown>>,
  held: ReadonlySet<string>,
): void {
  assert.deepEqual([...believed.keys()].toSorted(), [...held].toSorted());
  for (const [channel, state] of believed) {
    if (channel === 'prices') {
      const prices = hub.board.latest().map(({ asset, price }) => [asset, price] as const);
      assert.deepEqual(Object.fromEntries(state), Object.fromEntries(prices));
    } else if (channel === 'account') {
      assert.equal(state.get('balance'), moneyText(hub.engine.shard.accounts.get(hub.accountId)?.balance ?? micros(0)));
    } else {
      const [, asset = '', interval] = channel.split(':');
      const newest = hub.candles.current(asset, interval as '1s' | '1m');
      assert.deepEqual(state.get(newest?.openTime ?? 0), newest);
    }
  }
}
