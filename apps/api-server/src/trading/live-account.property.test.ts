import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LoadedAccount } from '@repo/db';
import type { AccountState, AccountUpdate, Order, Position } from '@repo/schemas';
import { type Command, type Event, micros, type OrderType, type Quote, steps, ticks } from '@repo/trading-core';
import fc from 'fast-check';
import { AccountBook } from './account-book.ts';
import { LiveAccount } from './live-account.ts';
import { CoreShard } from './testing/core-shard.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const assets = ['SOL_USDC', 'ETH_USDC'] as const;

const act = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('quote' as const),
      asset: fc.constantFrom(...assets),
      // Thousandths; now and then a gap that stops an account out.
      move: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -12, max: 12 }) }, fc.integer({ min: -300, max: 300 })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      whose: fc.constantFrom(0, 0, 0, 1),
      asset: fc.constantFrom(...assets),
      side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
      type: fc.constantFrom<OrderType>('market', 'market', 'limit', 'stop', 'stop-limit'),
      quantity: fc.integer({ min: 10, max: 40_000 }),
      away: fc.integer({ min: 1, max: 20 }),
      exits: fc.boolean(),
      trailing: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom<('close' | 'cancel' | 'modify' | 'deposit' | 'withdraw' | 'day')[]>(
        'close',
        'cancel',
        'modify',
        'deposit',
        'withdraw',
        'day',
      ),
      whose: fc.nat(1),
      which: fc.nat(9),
    }),
  },
);
/** What becomes of the log and the loading meanwhile. */
const move = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), back: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('loaded' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), count: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('value' as const) }) },
);
type Step =
  typeof act extends fc.Arbitrary<infer A> ? (typeof move extends fc.Arbitrary<infer M> ? A | M : never) : never;

it('an account followed is the account in the books, however loading, events, repetitions and losses interleave', async () => {
  let [fills, restarts, stopOuts] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<('hedging' | 'netting')[]>('hedging', 'netting'),
      fc.array(fc.oneof({ weight: 3, arbitrary: act }, { weight: 2, arbitrary: move }), {
        minLength: 100,
        maxLength: 300,
        size: 'max',
      }),
      async (mode, steps) => {
        const world = new World(mode);
        for (const step of steps) await world.take(step);
        await world.settle();
        assert.deepEqual(world.followed(), world.committed());
        assert.deepEqual(withoutMoving(world.client), withoutMoving(world.committed()), 'as the client has it');
        fills += world.fillsTold;
        restarts += world.restarts;
        stopOuts += world.stopOuts;
        world.close();
      },
    ),
    { numRuns: 400, seed: 20_261_122 },
  );
  // Or the test would have tried nothing.
  assert.ok(
    fills > 500 && restarts > 50 && stopOuts > 3,
    `${fills} fills, ${restarts} restarts, ${stopOuts} stop-outs`,
  );
});

/** The engine, its log, a followed account, and a client that believes what it is told. */
class World {
  readonly engine = new CoreShard(3);
  readonly #ids: readonly [string, string];
  readonly #live: LiveAccount;
  readonly #quotes = new Map<string, Quote>();
  /** The last event of the log that was delivered. */
  #delivered: number;
  #loads: { read: LoadedAccount | undefined; settle: PromiseWithResolvers<LoadedAccount | undefined> }[] = [];
  readonly #listener = {
    onState: () => {
      this.client = structuredClone(this.#live.stateFor(this.#listener)) as AccountState;
      this.#hasChanges = false;
    },
    onChange: () => {
      this.#hasChanges = true;
    },
  };
  #hasChanges = false;
  #serial = 0;
  client: AccountState | undefined;
  fillsTold = 0;
  readonly #fillIds = new Set<string>();
  stopOuts = 0;
  restarts = 0;

  constructor(mode: 'hedging' | 'netting') {
    this.#quote('SOL_USDC', 20_000);
    this.#quote('ETH_USDC', 300_000);
    this.#ids = [this.engine.openAccount({ mode }), this.engine.openAccount()];
    this.#delivered = this.engine.events.length;
    this.#live = new LiveAccount({
      shard: 3,
      load: () => {
        const load = { read: undefined, settle: Promise.withResolvers<LoadedAccount | undefined>() };
        this.#loads.push(load);
        return load.settle.promise;
      },
      quotes: () => this.#quotes.values(),
      onRestart: (reason, error) => {
        this.restarts += 1;
        if (reason === 'unfit-event') throw error;
      },
      reloadMs: 0,
    });
    this.#live.join(this.#listener);
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'deliver':
        for (let count = 0; count < step.count; count += 1) this.#deliverNext();
        break;
      case 'again':
        for (const event of this.engine.events.slice(Math.max(0, this.#delivered - step.back), this.#delivered)) {
          this.#tell(event);
        }
        break;
      case 'read':
        this.#read();
        break;
      case 'loaded':
        this.#finish(step.fails && this.client !== undefined);
        break;
      case 'lose':
        // As the follower does: told of the loss first, then of what is left.
        this.#delivered = Math.min(this.engine.events.length, this.#delivered + step.count);
        this.#live.restart('lost-events');
        break;
      case 'take':
        this.#takeChanges();
        break;
      case 'value':
        this.#live.value();
        break;
      case 'quote':
      case 'order':
      case 'close':
      case 'cancel':
      case 'modify':
      case 'deposit':
      case 'withdraw':
      case 'day':
        this.#act(step);
        break;
    }
    await turn();
  }

  async settle(): Promise<void> {
    while (this.#delivered < this.engine.events.length) this.#deliverNext();
    for (let tries = 0; tries < 5; tries += 1) {
      await turn();
      this.#read();
      this.#finish(false);
    }
    await turn();
    this.#takeChanges();
  }

  followed(): AccountState | undefined {
    return this.#live.stateFor(this.#listener);
  }

  committed(): AccountState {
    const book = new AccountBook(this.engine.load(this.#ids[0]) as LoadedAccount);
    book.value(this.#quotes.values());
    return book.state();
  }

  close(): void {
    this.#live.close();
  }

  /** The moment that a load sees. */
  #read(): void {
    for (const load of this.#loads) load.read ??= this.engine.load(this.#ids[0]);
  }

  #finish(fails: boolean): void {
    const done = this.#loads.filter(({ read }) => read !== undefined);
    this.#loads = this.#loads.filter(({ read }) => read === undefined);
    for (const { read, settle } of done) {
      if (fails) settle.reject(new Error('the books are away'));
      else settle.resolve(read);
    }
  }

  #deliverNext(): void {
    const event = this.engine.events[this.#delivered];
    if (event === undefined) return;
    this.#delivered += 1;
    this.#tell(event);
  }

  /** What the board lets through. */
  #tell(event: Event): void {
    if (!('accountId' in event) || event.accountId === this.#ids[0]) this.#live.take(event);
  }

  #takeChanges(): void {
    if (!this.#hasChanges) return;
    this.#hasChanges = false;
    const update = this.#live.takeFor(this.#listener);
    if (update === undefined) return;
    assert.ok(this.client !== undefined, 'no update before the first state');
    this.client = merge(this.client, update);
    for (const { id } of update.fills) {
      assert.ok(!this.#fillIds.has(id), `fill ${id} told twice`);
      this.#fillIds.add(id);
    }
    this.fillsTold += update.fills.length;
    this.stopOuts += update.notices.filter(({ type }) => type === 'stopped-out').length;
  }

  #quote(asset: string, bid: number): void {
    this.#serial += 1;
    const { at } = this.engine;
    const price = ticks(Math.max(100, Math.round(bid)));
    const quote: Quote = {
      asset,
      bid: price,
      ask: ticks(price + 4),
      sequence: this.#serial,
      at,
      source: 'simulated',
      status: 'live',
    };
    this.engine.quote(quote);
    this.#quotes.set(asset, quote);
  }

  #act(
    step: Extract<Step, { do: 'quote' | 'order' | 'close' | 'cancel' | 'modify' | 'deposit' | 'withdraw' | 'day' }>,
  ): void {
    const { engine } = this;
    engine.at += 1_000;
    const { at } = engine;
    if (step.do === 'quote') {
      this.#quote(step.asset, (this.#quotes.get(step.asset)?.bid ?? 0) * (1 + step.move / 1_000));
      return;
    }
    const accountId = this.#ids[step.whose] as string;
    if (step.do === 'order') {
      engine.command(this.#order(step, accountId));
      return;
    }
    const isOwn = (item: { readonly account: { readonly id: string } }) => item.account.id === accountId;
    const orders = [...engine.shard.orders.values()].filter(isOwn);
    const positions = [...engine.shard.positions.values()].filter(({ leg }) => isOwn(leg));
    const order = orders[step.which % Math.max(1, orders.length)];
    const position = positions[step.which % Math.max(1, positions.length)];
    if (step.do === 'deposit' || step.do === 'withdraw') {
      engine.command({ type: step.do, at, accountId, amount: micros(1_000_000 * (step.which + 1)) });
    } else if (step.do === 'day') {
      engine.at += 86_400_000;
      engine.command({ type: 'advance-time', at: engine.at });
    } else if (step.do === 'cancel' && order !== undefined) {
      engine.command({ type: 'cancel-order', at, accountId, orderId: order.id });
    } else if (step.do === 'modify' && order !== undefined) {
      engine.command({ type: 'modify-order', at, accountId, orderId: order.id, quantity: steps(100 + step.which) });
    } else if (step.do === 'close' && position !== undefined) {
      const part = step.which % 2 === 0 && position.quantity > 20;
      const quantity = part ? { quantity: steps(Math.floor(position.quantity / 2)) } : {};
      engine.command({ type: 'close-position', at, accountId, positionId: position.id, ...quantity });
    }
  }

  #order(step: Extract<Step, { do: 'order' }>, accountId: string): Command {
    const { asset, side, type, away } = step;
    const { bid, ask } = this.#quotes.get(asset) as Quote;
    const up = side === 'buy' ? 1 : -1;
    const price = side === 'buy' ? ask : bid;
    const from = (thousandths: number) => ticks(Math.round(price * (1 + thousandths / 1_000)));
    const level = type === 'limit' ? from(-up * away) : from(up * away);
    this.#serial += 1;
    return {
      type: 'place-order',
      at: this.engine.at,
      accountId,
      clientOrderId: String(this.#serial),
      asset,
      side,
      orderType: type,
      quantity: steps(step.quantity),
      ...((type === 'limit' || type === 'stop-limit') && { limitPrice: level }),
      ...((type === 'stop' || type === 'stop-limit') && { stopPrice: level }),
      ...(step.exits && { stopLoss: from(-up * 40), takeProfit: from(up * 40) }),
      ...(step.trailing && { trailingDistance: ticks(Math.round(price / 50)) }),
    };
  }
}

function merge(state: AccountState, { account, orders, positions }: AccountUpdate): AccountState {
  const [allOrders, allPositions] = [new Map<string, Order>(), new Map<string, Position>()];
  for (const order of [...state.orders, ...orders]) {
    if (order.status === 'accepted') allOrders.set(order.id, order);
    else allOrders.delete(order.id);
  }
  for (const position of [...state.positions, ...positions]) {
    if (Number(position.quantity) === 0) allPositions.delete(position.id);
    else allPositions.set(position.id, position);
  }
  return { account, orders: [...allOrders.values()], positions: [...allPositions.values()] };
}

/** What is told when prices alone move is no part of an update of a position, and comes later for the account. */
function withoutMoving(state: AccountState | undefined) {
  const { balance, usedMargin, isMarginCalled } = state?.account ?? {};
  return {
    account: { balance, usedMargin, isMarginCalled },
    orders: state?.orders,
    positions: state?.positions.map((position) => ({ ...position, unrealizedPnl: '' })),
  };
}
