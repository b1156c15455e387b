import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startKafkaFaultProxy } from '@repo/testing/faults';
import { newTopic, readSome, valuesOf } from '../contract/helpers.ts';
import { createApacheKafka } from './create-apache-kafka.ts';
import { brokersUnderTest } from './testing/brokers.ts';

// What a poller relies on that was stopped (SIGSTOP) with prices in its hands and wakes up when another one publishes.
it('asks again, as late as can be, for records that had to wait', async (test) => {
  const proxy = await startKafkaFaultProxy(brokersUnderTest());
  const kafka = createApacheKafka({ brokers: proxy.brokers, clientId: 'before-write' });
  test.after(async () => {
    await kafka.close();
    await proxy.close();
  });
  const topic = await newTopic(kafka);
  let allowed = true;
  const options = {
    beforeWrite: () => {
      if (!allowed) throw new RangeError('no longer');
    },
  };
  await kafka.send(topic, [{ key: 'key', value: 'before' }], options);

  proxy.delay(200);
  const first = kafka.send(topic, [{ key: 'key', value: 'under way' }], options);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = kafka.send(topic, [{ key: 'key', value: 'too late' }], options);
  allowed = false;
  await first;
  await assert.rejects(second, RangeError);

  proxy.delay(0);
  await kafka.send(topic, [{ key: 'key', value: 'after' }]);
  assert.deepEqual(valuesOf(await readSome(kafka, { topic }, 3)), ['before', 'under way', 'after']);
});
