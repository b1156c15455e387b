import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Gate, GateFullError } from './gate.ts';

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('Gate', () => {
  it('runs so many at once, queues so many, refuses the rest', async () => {
    const gate = new Gate({ concurrencyMax: 2, queueMax: 3 });
    const hold = deferred();
    const order: number[] = [];
    const admitted = [0, 1, 2, 3, 4].map((task) =>
      gate.run(async () => {
        order.push(task);
        await hold.promise;
      }),
    );
    assert.equal(gate.running, 2);
    assert.equal(gate.waiting, 3);
    await assert.rejects(
      gate.run(async () => assert.fail('ran')),
      GateFullError,
    );
    hold.resolve();
    await Promise.all(admitted);
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
    assert.equal(gate.running, 0);
    assert.equal(gate.waiting, 0);
  });

  it('gives the place on when a task fails', async () => {
    const gate = new Gate({ concurrencyMax: 1, queueMax: 1 });
    const failing = gate.run(async () => {
      throw new Error('no');
    });
    const next = gate.run(async () => 'yes');
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
    assert.equal(await gate.run(async () => 'again'), 'again');
  });

  it('never runs more than its bound', async () => {
    const gate = new Gate({ concurrencyMax: 3, queueMax: 100 });
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 100 }, () =>
        gate.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    assert.equal(most, 3);
  });
});
