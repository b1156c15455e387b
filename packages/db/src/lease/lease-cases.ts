import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../open-database.ts';
import { type DatabaseHandle, LeaseLostError } from '../port.ts';
import { createLease } from './create-lease.ts';

const program = fileURLToPath(new URL('testing/lease-program.ts', import.meta.url));
const longMs = 600_000;
/** How late a busy machine may be. */
const lateMs = 1_000;

interface LeaseServer {
  /** Of the role `poller`. */
  readonly url: string;
  readonly server?: { stop(): Promise<void>; start(): Promise<void> } | undefined;
}

/** What a holder of a lease relies on. */
export function leaseCases(open: () => LeaseServer): void {
  let database: DatabaseHandle;
  before(() => {
    database = openDatabase(open().url);
  });
  after(() => database.close());
  const hold = (name: string, ttlMs: number, signal?: AbortSignal) =>
    createLease(database).hold(name, randomUUID(), ttlMs, signal);

  it('has one holder at a time, and a higher epoch with each', async () => {
    const name = randomUUID();
    let [holders, holdersMost, turns] = [0, 0, 0];
    const epochs: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let turn = 0; turn < 3; turn += 1) {
          const held = await hold(name, 2_000);
          holders += 1;
          holdersMost = Math.max(holdersMost, holders);
          epochs.push(held.epoch);
          turns += 1;
          await delay(5);
          assert.ok(held.isHeld());
          holders -= 1;
          await held.release();
        }
      }),
    );
    assert.equal(holdersMost, 1);
    assert.deepEqual(
      epochs,
      Array.from({ length: turns }, (_, index) => index + 1),
    );
  });

  it('keeps names apart', async () => {
    const [one, two] = await Promise.all([hold(randomUUID(), longMs), hold(randomUUID(), longMs)]);
    assert.ok(one.isHeld() && two.isHeld());
    await Promise.all([one.release(), two.release()]);
  });

  it('is had at once or not at all, for whoever does not want to wait, and is listed while it is held', async () => {
    const leases = createLease(database);
    const prefix = `${randomUUID()}:`;
    const held = await leases.tryToHold(`${prefix}b`, 'one', longMs);
    assert.ok(held);
    assert.ok(held.isHeld());
    assert.equal(await leases.tryToHold(`${prefix}b`, 'two', longMs), undefined);
    const other = await leases.tryToHold(`${prefix}a`, 'two', longMs);
    assert.deepEqual(await leases.list(prefix), [
      { name: `${prefix}a`, holder: 'two' },
      { name: `${prefix}b`, holder: 'one' },
    ]);
    await held.release();
    assert.deepEqual(await leases.list(prefix), [{ name: `${prefix}a`, holder: 'two' }]);
    await other?.release();
  });

  it('is kept by renewing for longer than its time to live', async () => {
    const name = randomUUID();
    const held = await hold(name, 400);
    const waiting = new AbortController();
    const rival = hold(name, 400, waiting.signal);
    await delay(1_500);
    assert.ok(held.isHeld() && !held.ended.aborted);
    waiting.abort();
    await assert.rejects(rival, { name: 'AbortError' });
    await held.release();
  });

  it('is handed over at once when it is released, and told to be over', async () => {
    const name = randomUUID();
    const held = await hold(name, 60_000);
    const next = hold(name, 60_000);
    await delay(300);
    const releasedAt = performance.now();
    await held.release();
    assert.ok(!held.isHeld() && held.ended.reason instanceof LeaseLostError);
    const { epoch, release } = await next.then((lease) => ({ epoch: lease.epoch, release: () => lease.release() }));
    assert.ok(performance.now() - releasedAt < lateMs, `${performance.now() - releasedAt} ms`);
    assert.equal(epoch, held.epoch + 1);
    await held.release();
    await release();
  });

  it('is over for a holder that cannot renew before another gets it', async () => {
    const name = randomUUID();
    const ttlMs = 1_000;
    const cut = openDatabase(open().url);
    const start = performance.now();
    const held = await createLease(cut).hold(name, randomUUID(), ttlMs);
    let toldAt = Number.POSITIVE_INFINITY;
    held.ended.addEventListener('abort', () => {
      toldAt = performance.now();
    });
    await cut.close();
    const next = await hold(name, ttlMs);
    const takenAt = performance.now();
    assert.ok(toldAt < takenAt, 'told before');
    assert.ok(takenAt - start < ttlMs + lateMs, `taken over after ${takenAt - start} ms`);
    assert.ok(!held.isHeld());
    await next.release();
  });

  it('is not acted under by a process that was stopped and woke up', async () => {
    const name = randomUUID();
    const ttlMs = 1_000;
    const other = startProgram(open().url, name, ttlMs);
    try {
      await other.until(() => other.events.filter(({ kind }) => kind === 'act').length > 20);
      other.child.kill('SIGSTOP');
      const stoppedAt = process.hrtime.bigint();
      const held = await hold(name, ttlMs);
      const takenAt = process.hrtime.bigint();
      assert.ok(Number(takenAt - stoppedAt) / 1e6 < ttlMs + lateMs);
      other.child.kill('SIGCONT');
      await other.until(() => other.events.some(({ kind }) => kind === 'told'));
      const acts = other.events.filter(({ kind, at }) => kind === 'act' && at >= takenAt);
      assert.deepEqual(acts, [], 'nothing was done by the one who lost it');
      assert.ok(held.isHeld());
      assert.equal(held.epoch, 2);
      await held.release();
      await other.until(() => other.events.some(({ kind, epoch }) => kind === 'held' && epoch === 3));
    } finally {
      await other.kill();
    }
  });

  it('is taken over from a process that was killed', async () => {
    const name = randomUUID();
    const ttlMs = 1_000;
    const other = startProgram(open().url, name, ttlMs);
    await other.until(() => other.events.length > 0);
    await other.kill();
    const start = performance.now();
    const held = await hold(name, ttlMs);
    assert.ok(performance.now() - start < ttlMs + lateMs, `${performance.now() - start} ms`);
    assert.equal(held.epoch, 2);
    await held.release();
  });

  it('ends while the database is away, and is had again by itself', async (test) => {
    const { server } = open();
    if (server === undefined) return test.diagnostic('this server is not the suite’s to stop');
    const name = randomUUID();
    const held = await hold(name, 1_000);
    await server.stop();
    const waiting = hold(name, 1_000);
    const start = performance.now();
    if (!held.ended.aborted) await once(held.ended, 'abort');
    assert.ok(performance.now() - start <= 1_000);
    await server.start();
    const again = await waiting;
    assert.equal(again.epoch, held.epoch + 1, 'a restart does not forget the epoch');
    await again.release();
  });
}

interface LeaseEvent {
  readonly kind: string;
  readonly epoch: number;
  readonly at: bigint;
}

function startProgram(url: string, name: string, ttlMs: number) {
  const child: ChildProcess = spawn(process.execPath, [program, url, name, String(ttlMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: LeaseEvent[] = [];
  assert.ok(child.stdout);
  createInterface(child.stdout).on('line', (line) => {
    const [kind = '', epoch = '', at = ''] = line.split(' ');
    events.push({ kind, epoch: Number(epoch), at: BigInt(at) });
  });
  return {
    child,
    events,
    until: async (condition: () => boolean) => {
      const deadline = performance.now() + 10_000;
      while (!condition()) {
        if (performance.now() > deadline) throw new Error('waited 10 s');
        await delay(5);
      }
    },
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
