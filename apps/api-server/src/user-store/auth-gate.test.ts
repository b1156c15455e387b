import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, GateFullError } from '@repo/service';
import { AuthGate } from './auth-gate.ts';
import { UserStoreUnavailableError } from './user-requests.ts';

test('who finds the gate full, or waited too long at it, is refused and counted', async () => {
  const metrics = createMetrics();
  const gate = new AuthGate({ concurrencyMax: 1, queueMax: 1, metrics });
  const counted = async () => {
    const text = await metrics.metrics();
    const figure = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      );
    return {
      refused: figure('cfd_api_server_auth_gate_refused_total'),
      running: figure('cfd_api_server_auth_gate_requests{state="running"}'),
      waiting: figure('cfd_api_server_auth_gate_requests{state="waiting"}'),
    };
  };
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const first = gate.run(() => done);
  const second = gate.run(async () => assert.fail('it waited too long to run'));
  second.catch(() => {});
  assert.deepEqual(await counted(), { refused: 0, running: 1, waiting: 1 });
  await assert.rejects(
    gate.run(async () => assert.fail('there is no place to wait')),
    GateFullError,
  );
  assert.deepEqual(await counted(), { refused: 1, running: 1, waiting: 1 });
  await sleep(1_600);
  finish();
  await first;
  await assert.rejects(second, UserStoreUnavailableError);
  assert.deepEqual(await counted(), { refused: 2, running: 0, waiting: 0 });
  await assert.rejects(
    gate.run(async () => Promise.reject(new Error('of the task'))),
    /of the task/,
  );
  assert.equal((await counted()).refused, 2, 'a task that fails was not refused');
});
