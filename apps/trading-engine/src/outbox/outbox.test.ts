import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaMessage, KafkaUnavailableError, partitionOfKey } from '@repo/kafka';
import { type TradeEvent, TradeEventSchema, tradeShards } from '@repo/schemas';
import type { Event } from '@repo/trading-core';
import type { CausedEvent } from '../books/commit-statement.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';

const SHARD = 5;

/** A log that can be away, and books that hold every event up to a number and count how they are read. */
function stand(options: Partial<OutboxOptions> = {}) {
  const sent: TradeEvent[] = [];
  const keys: string[] = [];
  const state = { isAway: false, reads: 0, failures: [] as unknown[], longest: 0 };
  const send = async (topic: string, messages: readonly KafkaMessage[]) => {
    await sleep(0);
    assert.equal(topic, 'trade-events');
    if (state.isAway) throw new KafkaUnavailableError('away');
    state.longest = Math.max(state.longest, messages.length);
    for (const { key, value } of messages) {
      keys.push(key);
      sent.push(TradeEventSchema.parse(JSON.parse(value)));
    }
  };
  const query = async (_text: string, [, after, upTo, limit]: readonly [number, number, number, number]) => {
    state.reads += 1;
    const events = eventsBetween(after + 1, Math.min(upTo, after + limit));
    return { rows: events.map(({ event, commandId }) => ({ data: event, command_id: commandId })) };
  };
  const outbox = new Outbox({
    shard: SHARD,
    kafka: { send },
    pool: { query: query as never },
    publishedSequence: 0,
    committedSequence: 0,
    onFailure: (error) => state.failures.push(error),
    reachPoint: () => {},
    ...options,
  });
  const drained = () => outbox.drain(AbortSignal.timeout(20_000));
  return { outbox, sent, keys, state, drained };
}

function eventsBetween(first: number, last: number): CausedEvent[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const event: Event = { type: 'trading-day-ended', sequence: first + index, at: 1, day: first + index };
    return { event, commandId: null };
  });
}

const numbers = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('Outbox', () => {
  it('publishes what is added, in order, without reading the books', async () => {
    const { outbox, sent, state, drained } = stand();
    for (let first = 1; first <= 3_000; first += 100) {
      outbox.add(eventsBetween(first, first + 99));
      if (first % 700 === 1) await sleep(1);
    }
    await drained();
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      numbers(3_000),
    );
    assert.deepEqual([outbox.lag, outbox.publishedSequence, state.reads], [0, 3_000, 0]);
    assert.ok(state.longest <= 500);
  });

  it('publishes what was committed before it began, from the books', async () => {
    const { outbox, sent, state, drained } = stand({ publishedSequence: 40, committedSequence: 1_240 });
    assert.equal(outbox.lag, 1_200);
    outbox.add(eventsBetween(1_241, 1_250));
    await drained();
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      numbers(1_250, 41),
    );
    assert.equal(state.reads, 3);
  });

  it('waits while the log is away, keeps no more than it may, and then tells all of it in order', async () => {
    const { outbox, sent, state, drained } = stand();
    state.isAway = true;
    for (let first = 1; first <= 50_000; first += 1_000) outbox.add(eventsBetween(first, first + 999));
    await sleep(100);
    assert.deepEqual([outbox.lag, sent.length], [50_000, 0]);
    assert.ok(state.failures.length > 0 && state.failures.every((error) => error instanceof KafkaUnavailableError));
    assert.ok(outbox.kept <= 20_000, `${outbox.kept} events are kept`);
    state.isAway = false;
    await drained();
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      numbers(50_000),
    );
    assert.ok(state.reads > 0, 'what was not kept was read');
  });

  it('sends each event to the partition of its shard, its account or none', async () => {
    const { outbox, sent, keys, drained } = stand();
    let accountId = randomUUID();
    while (partitionOfKey(accountId, tradeShards) !== SHARD) accountId = randomUUID();
    const deposit = { type: 'deposited', sequence: 2, at: 1, accountId, amount: 1 } as Event;
    const commandId = randomUUID();
    outbox.add([...eventsBetween(1, 1), { event: deposit, commandId }]);
    await drained();
    assert.deepEqual(
      keys.map((key) => partitionOfKey(key, tradeShards)),
      [SHARD, SHARD],
    );
    assert.deepEqual(
      sent.map((event) => [event.accountId, event.commandId, event.shard]),
      [
        [null, null, SHARD],
        [accountId, commandId, SHARD],
      ],
    );
  });

  it('counts what it sent as published only after the crash point behind it', async () => {
    const passed = Promise.withResolvers<void>();
    const { outbox, sent, drained } = stand({ reachPoint: () => passed.promise });
    outbox.add(eventsBetween(1, 3));
    await sleep(50);
    assert.deepEqual([sent.length, outbox.publishedSequence], [3, 0]);
    passed.resolve();
    await drained();
    assert.equal(outbox.publishedSequence, 3);
  });

  it('stops trying when it is closed, and drains no longer than it may', async () => {
    const { outbox, sent, state } = stand();
    state.isAway = true;
    outbox.add(eventsBetween(1, 3));
    const begun = performance.now();
    await outbox.drain(AbortSignal.timeout(100));
    assert.ok(performance.now() - begun < 5_000);
    outbox.close();
    await outbox.drain(AbortSignal.timeout(10_000));
    state.isAway = false;
    await sleep(100);
    assert.deepEqual([sent.length, outbox.lag], [0, 3]);
  });
});
