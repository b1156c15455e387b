import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningServers, startServers } from '../index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { KafkaUser } from './testing/kafka-user.ts';

describe('one Kafka broker', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: RunningServers;
  const user = () => KafkaUser.of(servers.kafka.address);

  before(async () => {
    temporary = await temporaryDirectory();
    servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['kafka'] });
    await using kafka = user();
    await kafka.createTopic('kept');
  });
  beforeEach(() => servers.kafka.start());
  after(async () => {
    await servers.stop();
    await temporary[Symbol.asyncDispose]();
  });

  for (const way of ['stop', 'kill'] as const) {
    it(`keeps messages over ${way}, at the same address`, async () => {
      const { address } = servers.kafka;
      {
        await using kafka = user();
        await kafka.send('kept', way);
        assert.equal((await kafka.readAll('kept')).at(-1), way);
      }
      await servers.kafka[way]();
      {
        await using kafka = user();
        await assert.rejects(kafka.send('kept', 'never'));
      }
      await servers.kafka.start();
      assert.equal(servers.kafka.address, address);
      await using kafka = user();
      assert.equal((await kafka.readAll('kept')).at(-1), way);
      await kafka.send('kept', `after ${way}`);
      assert.equal((await kafka.readAll('kept')).at(-1), `after ${way}`);
    });
  }

  it('answers nothing while it is paused, and then what it was asked', async () => {
    await using kafka = user();
    await kafka.send('kept', 'before the pause');
    await servers.kafka.pause();
    const sending = kafka.sendEventually('kept', 'during the pause').then(() => 'answered');
    assert.equal(await Promise.race([sending, delay(1000, 'silent')]), 'silent');
    await servers.kafka.resume();
    assert.equal(await sending, 'answered');
    assert.equal((await kafka.readAll('kept')).at(-1), 'during the pause');
  });

  it('makes no topic that nobody created', async () => {
    await using kafka = user();
    await assert.rejects(kafka.send('unknown', 'never'));
    assert.deepEqual(await kafka.topics(), ['kept']);
  });

  for (const protocol of ['classic', 'consumer'] as const) {
    it(`hands messages to a group of the ${protocol} protocol at once`, async () => {
      await using kafka = user();
      await kafka.createTopic(`of-${protocol}`);
      await kafka.send(`of-${protocol}`, 'hello');
      assert.equal(await kafka.readOneInGroup(`of-${protocol}`, protocol), 'hello');
    });
  }
});

describe('three Kafka brokers', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: RunningServers;

  before(async () => {
    temporary = await temporaryDirectory();
    servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['kafka'], brokers: 3 });
    await using kafka = KafkaUser.of(servers.kafka.address);
    await kafka.createTopic('kept');
  });
  after(async () => {
    await servers.stop();
    await temporary[Symbol.asyncDispose]();
  });

  it('go on, each in turn, without one of them, and lose nothing', async () => {
    const sent: string[] = [];
    for (const [index, broker] of servers.kafka.brokers.entries()) {
      await broker.kill();
      await using kafka = KafkaUser.of(servers.kafka.address);
      const text = `without ${index + 1}`;
      await kafka.sendEventually('kept', text);
      sent.push(text);
      await broker.start();
    }
    await using kafka = KafkaUser.of(servers.kafka.address);
    const read = await kafka.readAll('kept');
    // A send that was answered too late has been made twice.
    assert.deepEqual([...new Set(read)], sent);
  });

  it('refuse a write that only one of them would have', async () => {
    const [first, second] = servers.kafka.brokers;
    await Promise.all([first?.kill(), second?.kill()]);
    {
      await using kafka = KafkaUser.of(servers.kafka.address);
      await assert.rejects(kafka.send('kept', 'never'));
    }
    await servers.kafka.start();
    await using kafka = KafkaUser.of(servers.kafka.address);
    await kafka.sendEventually('kept', 'all three');
    assert.equal((await kafka.readAll('kept')).at(-1), 'all three');
  });
});
