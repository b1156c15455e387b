import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PriceUpdate } from '@repo/schemas';
import { inTime, keyPerPartition, newGroup, readSome, until } from './contract/helpers.ts';
import { createEmbeddedKafka } from './embedded/create-embedded-kafka.ts';
import type { Kafka } from './port.ts';
import { deadLetterTopic, ensureTopics, publish } from './publisher.ts';
import { consumeTopic, PoisonMessageError, type TopicConsumerOptions } from './topic-consumer.ts';

const topic = 'price-updates';
const price = (sequence: number, asset = 'SOL_USDC'): PriceUpdate => ({
  id: randomUUID(),
  at: 1_760_297_791_517,
  asset,
  price: 195.825,
  timestamp: 1_760_297_791_517,
  bid: '195.82',
  ask: '195.83',
  status: 'live',
  source: 'simulated',
  sequence,
});

describe('consumeTopic', () => {
  let kafka: Kafka;
  let handled: number[];

  beforeEach(async () => {
    kafka = createEmbeddedKafka();
    handled = [];
    await ensureTopics(kafka);
  });
  afterEach(() => kafka.close());

  /** Keeps the sequences of messages whose batch succeeded. */
  async function consume(options: Partial<TopicConsumerOptions<typeof topic>> = {}) {
    const consumer = consumeTopic(kafka, {
      groupId: newGroup(),
      topic,
      from: 'earliest',
      ...options,
      onMessages: async (messages, signal) => {
        await options.onMessages?.(messages, signal);
        handled.push(...messages.map(({ message }) => message.sequence));
      },
    });
    await inTime('ready', consumer.ready);
    return consumer;
  }

  async function deadLetters(count: number): Promise<Record<string, unknown>[]> {
    const records = await readSome(kafka, { topic: deadLetterTopic(topic) }, count);
    return records.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
  }

  it('buries what is no JSON or breaks the schema, with its place and the reason, and goes on', async () => {
    const told: [number, string][] = [];
    const wrong = {
      'not JSON': '{"asset":',
      'no object': 'null',
      'wrong type': JSON.stringify({ ...price(1), price: '195.825' }),
      'unknown key': JSON.stringify({ ...price(1), extra: true }),
      'own __proto__': '{"__proto__":{"asset":"SOL_USDC"}}',
    };
    await publish(kafka, topic, 'SOL_USDC', price(1));
    for (const value of Object.values(wrong)) await kafka.send(topic, [{ key: 'SOL_USDC', value }]);
    await publish(kafka, topic, 'SOL_USDC', price(2));
    await consume({ onDeadLetter: ({ offset }, reason) => told.push([offset, reason]) });
    await until('the message behind the poison', () => handled.includes(2));

    const letters = await deadLetters(5);
    assert.deepEqual(handled, [1, 2]);
    assert.deepEqual(
      letters.map(({ topic: from, offset, key, value, valueLength }) => ({ from, offset, key, value, valueLength })),
      Object.values(wrong).map((value, index) => ({
        from: topic,
        offset: index + 1,
        key: 'SOL_USDC',
        value,
        valueLength: value.length,
      })),
    );
    assert.equal(letters[0]?.reason, 'not JSON');
    assert.match(String(letters[2]?.reason), /price/);
    assert.match(String(letters[3]?.reason), /extra/);
    await until('all to be told', () => told.length === 5);
    assert.deepEqual(
      told,
      letters.map(({ offset, reason }) => [offset, reason]),
    );
  });

  it('buries a record of any size, cut, and goes on', async () => {
    await kafka.send(topic, [
      { key: 'k'.repeat(400_000), value: '\u0000'.repeat(600_000) },
      { key: 'SOL_USDC', value: JSON.stringify({ [`${'n'.repeat(900_000)}`]: 1 }) },
    ]);
    await publish(kafka, topic, 'SOL_USDC', price(1));
    await consume();
    const letters = await deadLetters(2);
    assert.deepEqual(
      letters.map(({ valueLength }) => Number(valueLength)).sort((a, b) => a - b),
      [600_000, 900_006],
    );
    assert.ok(letters.every(({ value, reason }) => String(value).length === 100_000 && String(reason).length <= 4_000));
    await until('the message behind them', () => handled.includes(1));
  });

  it('buries only the message that the handler condemned', async () => {
    for (let sequence = 1; sequence <= 5; sequence += 1) await publish(kafka, topic, 'SOL_USDC', price(sequence));
    await consume({
      onMessages: async (messages) => {
        if (messages.some(({ message }) => message.sequence === 3)) throw new PoisonMessageError('three is wrong');
      },
    });
    await until('the others', () => handled.length === 4);
    assert.deepEqual(handled, [1, 2, 4, 5]);
    const [letter] = await deadLetters(1);
    assert.equal(letter?.reason, 'three is wrong');
    assert.equal((JSON.parse(String(letter?.value)) as PriceUpdate).sequence, 3);
    assert.deepEqual(await kafka.endOffsets(deadLetterTopic(topic)), [1]);
  });

  it('asks once about a message that came alone', async () => {
    let asked = 0;
    await consume({
      onMessages: async () => {
        asked += 1;
        throw new PoisonMessageError('wrong');
      },
    });
    await publish(kafka, topic, 'SOL_USDC', price(1));
    await deadLetters(1);
    assert.equal(asked, 1);
  });

  it('brings a batch again after a failure that may pass, stops only that partition, buries its poison once', async () => {
    const [broken = '', whole = ''] = await keyPerPartition(kafka, 6);
    let failures = 0;
    let repaired = false;
    await publish(kafka, topic, broken, price(1));
    await kafka.send(topic, [{ key: broken, value: 'poison' }]);
    await publish(kafka, topic, broken, price(2));
    const consumer = await consume({
      onMessages: async ([first]) => {
        if (first?.record.key === broken && !repaired) throw new Error('the database is away');
      },
      onFailure: (error) => {
        assert.match((error as Error).message, /database/);
        failures += 1;
      },
    });
    await until('three tries', () => failures >= 3);
    await publish(kafka, topic, whole, price(3));
    await until('the other partition', () => handled.length === 1);
    assert.deepEqual(handled, [3]);
    assert.equal((await consumer.lag()).find(({ partition }) => partition === 0)?.lag, 3);
    assert.deepEqual(await kafka.endOffsets(deadLetterTopic(topic)), [0]);

    repaired = true;
    await until('the batch', () => handled.length === 3);
    assert.deepEqual(handled, [3, 1, 2]);
    await deadLetters(1);
    assert.deepEqual(await kafka.endOffsets(deadLetterTopic(topic)), [1]);
  });

  it('condemns nothing when the failure on its own may pass', async () => {
    let tries = 0;
    await publish(kafka, topic, 'SOL_USDC', price(1));
    await publish(kafka, topic, 'SOL_USDC', price(2));
    await consume({
      onMessages: async (messages) => {
        tries += 1;
        if (tries === 1) throw new PoisonMessageError('one of them is wrong');
        if (tries === 2) throw new Error('and now the database is away');
        if (messages.some(({ message }) => message.sequence === 2)) throw new PoisonMessageError('two is wrong');
      },
    });
    const [letter] = await deadLetters(1);
    assert.equal((JSON.parse(String(letter?.value)) as PriceUpdate).sequence, 2);
    assert.deepEqual(handled, [1]);
  });
});
