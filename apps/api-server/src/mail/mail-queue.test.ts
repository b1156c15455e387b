import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { createLogger, createMetrics } from '@repo/service';
import { until } from '../testing/until.ts';
import { MailQueue } from './mail-queue.ts';
import { MailRefusedError, type OutgoingMail } from './mailer.ts';

const mail = (subject: string): OutgoingMail => ({ to: 'ada@example.com', subject, text: 'text' });

/** A mailer that a test breaks and mends. */
function createTurnedMailer() {
  const mailer = {
    sent: [] as string[],
    failures: 0,
    broken: false,
    refuses: false,
    async send({ subject }: OutgoingMail) {
      if (mailer.refuses) throw new MailRefusedError('no such address');
      if (mailer.broken) {
        mailer.failures += 1;
        throw new Error('connection refused');
      }
      mailer.sent.push(subject);
    },
  };
  return mailer;
}

function createQueue(
  mailer: ReturnType<typeof createTurnedMailer>,
  more: { queueMax?: number; ageMaxMs?: number } = {},
) {
  const metrics = createMetrics();
  const logger = createLogger({ level: 'silent', destination: { write: () => {} } });
  const queue = new MailQueue({ mailer, logger, metrics, ageMaxMs: 60_000, backoffMs: 2, ...more });
  return { queue, metrics };
}

test('delivers what it is given and lets the rest go out at the stop', async () => {
  const mailer = createTurnedMailer();
  const { queue } = createQueue(mailer);
  for (let count = 0; count < 20; count += 1) queue.add(mail(String(count)));
  await queue.close();
  assert.equal(mailer.sent.length, 20);
});

test('retries, counts as away after three failures, and recovers by itself', async () => {
  const mailer = createTurnedMailer();
  const { queue } = createQueue(mailer);
  mailer.broken = true;
  assert.equal(queue.works, true);
  queue.add(mail('first'));
  await until(() => mailer.failures >= 3);
  assert.equal(queue.works, false);
  queue.add(mail('second'));
  mailer.broken = false;
  await until(() => mailer.sent.length === 2);
  assert.equal(queue.works, true);
  assert.deepEqual(mailer.sent, ['first', 'second']);
  await queue.close();
});

test('a refused mail is dropped and nobody else waits for it', async () => {
  const mailer = createTurnedMailer();
  const { queue, metrics } = createQueue(mailer);
  mailer.refuses = true;
  for (let count = 0; count < 5; count += 1) queue.add(mail('nobody'));
  await queue.close();
  assert.equal(queue.works, false, 'closed');
  assert.match(await metrics.metrics(), /cfd_api_server_mails_total\{outcome="refused"\} 5/);
});

test('a mail too old to be of use is dropped, and then a new one may try', async () => {
  const mailer = createTurnedMailer();
  const { queue, metrics } = createQueue(mailer, { ageMaxMs: 10 });
  mailer.broken = true;
  await until(() => {
    if (queue.works) queue.add(mail('old'));
    return !queue.works;
  });
  await until(() => queue.works);
  mailer.broken = false;
  queue.add(mail('new'));
  await until(() => mailer.sent.includes('new'));
  assert.match(await metrics.metrics(), /cfd_api_server_mails_total\{outcome="too-old"\} [1-9]/);
  await queue.close();
});

test('holds a bounded number of mails and says when it is full', async () => {
  const mailer = createTurnedMailer();
  const { queue, metrics } = createQueue(mailer, { queueMax: 3 });
  mailer.broken = true;
  for (let count = 0; count < 20; count += 1) queue.add(mail(String(count)));
  assert.equal(queue.works, false);
  mailer.broken = false;
  await queue.close();
  const text = await metrics.metrics();
  const dropped = Number(/outcome="queue-full"\} ([0-9]+)/.exec(text)?.[1]);
  assert.ok(dropped >= 20 - 3 - 4, `3 wait, 4 are on their way, the rest is dropped: ${dropped}`);
});

test('sends each mail as a part of the request that asked for it, however long it waited', async () => {
  const request = new AsyncLocalStorage<string>();
  const mailer = createTurnedMailer();
  const sentWithin: (string | undefined)[] = [];
  const { queue } = createQueue({
    ...mailer,
    async send({ subject }) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const retried = sentWithin.length > 0 || mailer.failures > 0;
      mailer.failures += 1;
      if (!retried) throw new Error('connection refused');
      sentWithin.push(`${subject} within ${request.getStore()}`);
    },
  });
  const names = Array.from({ length: 12 }, (_, index) => String(index));
  for (const name of names) request.run(name, () => queue.add(mail(name)));
  await until(() => sentWithin.length === names.length);
  assert.deepEqual(new Set(sentWithin), new Set(names.map((name) => `${name} within ${name}`)));
  await queue.close();
});
