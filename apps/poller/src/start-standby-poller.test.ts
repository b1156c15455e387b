import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HeldLease, type Lease, LeaseLostError } from '@repo/db';
import type { Kafka } from '@repo/kafka';
import type { RunningService } from '@repo/service';
import { startStandbyPoller } from './start-standby-poller.ts';
import { startPollerWorld } from './testing/poller-under-test.ts';
import { until } from './testing/until.ts';

/** One lease in memory, that a test gives and takes. */
class HandedLease implements Pick<Lease, 'hold'> {
  #epoch = 0;
  #wanting: ((held: HeldLease) => void)[] = [];
  #current: { lose(): void; pause(): void } | undefined;

  hold(_name: string, _holder: string, _ttlMs: number, signal?: AbortSignal): Promise<HeldLease> {
    return new Promise((resolve, reject) => {
      this.#wanting.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  get waiting(): number {
    return this.#wanting.length;
  }

  /** Gives it to whoever has waited longest. */
  give(): void {
    const ending = new AbortController();
    let isHeld = true;
    const end = (reason: string) => {
      isHeld = false;
      ending.abort(new LeaseLostError(reason));
    };
    this.#epoch += 1;
    this.#current = {
      lose: () => end('another has it'),
      // As after SIGSTOP: the time is up, and nobody has been told.
      pause: () => {
        isHeld = false;
      },
    };
    this.#wanting.shift()?.({
      epoch: this.#epoch,
      ended: ending.signal,
      isHeld: () => isHeld,
      release: async () => end('released'),
    });
  }

  lose(): void {
    this.#current?.lose();
  }

  pause(): void {
    this.#current?.pause();
  }
}

let world: Awaited<ReturnType<typeof startPollerWorld>>;
let lease: HandedLease;
let pollers: RunningService[];

beforeEach(async () => {
  world = await startPollerWorld();
  lease = new HandedLease();
  pollers = [];
});

afterEach(async () => {
  await Promise.all(pollers.map((poller) => poller.stop()));
  await world.close();
});

function start(holder: string): RunningService {
  const options = world.options({ PRICE_SOURCE: 'simulated' });
  const poller = startStandbyPoller({ ...options, lease, holder, leaseMs: 1_000 });
  pollers.push(poller);
  return poller;
}

const activeIn = async (poller: RunningService) =>
  /^cfd_poller_active ([01])$/m.exec(await poller.metrics.metrics())?.[1];

test('a standby is ready and publishes nothing', async () => {
  const poller = start('a');
  await until(() => lease.waiting === 1, 'it waits');
  await sleep(100);
  assert.deepEqual(world.updates, []);
  assert.equal((await poller.health.readiness()).ready, true);
  assert.equal(await activeIn(poller), '0');
});

test('who gets the lease publishes, until he loses it; then the next, with higher sequences', async () => {
  const [first, second] = [start('a'), start('b')];
  await until(() => lease.waiting === 2, 'both wait');
  lease.give();
  await until(() => world.updates.length > 10, 'the first publishes');
  assert.deepEqual([await activeIn(first), await activeIn(second)], ['1', '0']);
  lease.lose();
  await until(() => lease.waiting === 2, 'the first waits again');
  const before = world.updates.length;
  const highest = Math.max(...world.updates.map(({ sequence }) => sequence));
  await sleep(100);
  assert.equal(world.updates.length, before, 'nobody publishes without the lease');
  lease.give();
  await until(() => world.updates.length > before + 10, 'the second publishes');
  assert.deepEqual([await activeIn(first), await activeIn(second)], ['0', '1']);
  assert.ok(world.updates.slice(before).every(({ sequence }) => sequence > highest));
});

test('a poller whose time is up publishes nothing, though nobody has told it yet', async () => {
  start('a');
  await until(() => lease.waiting === 1, 'it waits');
  lease.give();
  await until(() => world.updates.length > 10, 'it publishes');
  lease.pause();
  await sleep(20);
  const before = world.updates.length;
  await sleep(200);
  assert.equal(world.updates.length, before);
});

test('the lease is asked when prices are written, however long they waited for that', async () => {
  const { kafka, ...options } = world.options({ PRICE_SOURCE: 'simulated' });
  let asleep = false;
  const sleepy: Pick<Kafka, 'send' | 'ping'> = {
    ping: () => kafka.ping(),
    // Stopped, as by SIGSTOP, with a send in hand.
    send: async (topic, messages, given) => {
      while (asleep) await sleep(5);
      await kafka.send(topic, messages, given);
    },
  };
  pollers.push(startStandbyPoller({ ...options, kafka: sleepy, lease, holder: 'a', leaseMs: 1_000 }));
  await until(() => lease.waiting === 1, 'it waits');
  lease.give();
  await until(() => world.updates.length > 10, 'it publishes');
  asleep = true;
  await sleep(200);
  const before = world.updates.length;
  lease.pause();
  asleep = false;
  await sleep(200);
  assert.equal(world.updates.length, before);
});

test('stopping lets go of the lease', async () => {
  const [first] = [start('a'), start('b')];
  await until(() => lease.waiting === 2, 'both wait');
  lease.give();
  await until(() => world.updates.length > 0, 'the first publishes');
  await first?.stop();
  const readiness = await first?.health.readiness();
  assert.equal(readiness?.ready, false);
});
