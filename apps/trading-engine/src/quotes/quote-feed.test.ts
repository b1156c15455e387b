import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedBroker, ensureTopics, type Kafka } from '@repo/kafka';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger } from '@repo/service';
import type { Quote } from '@repo/trading-core';
import { QuoteFeed } from './quote-feed.ts';

describe('QuoteFeed', () => {
  let kafka: Kafka;
  let feed: QuoteFeed;
  let quotes: Quote[];
  let silent: string[];
  let lines: {
    readonly msg: string;
    readonly reason?: string;
    readonly partition?: number;
    readonly offset?: number;
  }[];
  beforeEach(async () => {
    kafka = new EmbeddedBroker().connect();
    await ensureTopics(kafka);
    [quotes, silent, lines] = [[], [], []];
    feed = new QuoteFeed({
      kafka,
      logger: createLogger({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } }),
      onQuote: (quote) => quotes.push(quote),
      onSilence: (asset) => silent.push(asset),
    });
    await feed.ready;
  });
  afterEach(async () => {
    await feed.close();
    await kafka.close();
  });

  async function send(fields: Partial<PriceUpdate>): Promise<void> {
    const at = Date.now();
    const quote = { asset: 'SOL_USDC', price: 195.825, bid: '195.82', ask: '195.83', sequence: 1 };
    const update = { id: randomUUID(), at, timestamp: at, status: 'live', source: 'simulated', ...quote, ...fields };
    await kafka.send('price-updates', [{ key: update.asset, value: JSON.stringify(update) }]);
    await sleep(20);
  }

  it('gives each quote as it was published, in ticks', async () => {
    await send({ bid: '100.00', ask: '100.02' });
    const { bid, ask, status, sequence, source } = quotes[0] as Quote;
    assert.deepEqual([bid, ask, status, sequence, source], [10_000, 10_002, 'live', 1, 'simulated']);
    assert.deepEqual(feed.latest(), quotes);
  });

  it('passes what comes late or again, of each instrument by itself', async () => {
    await send({ sequence: 5 });
    await send({ sequence: 4, bid: '1.00', ask: '1.01' });
    await send({ sequence: 5, bid: '1.00', ask: '1.01' });
    await send({ sequence: 1, asset: 'BTC_USDC', bid: '60000.0', ask: '60000.1' });
    await send({ sequence: 6, status: 'down' });
    assert.deepEqual(
      quotes.map(({ asset, sequence, status }) => [asset, sequence, status]),
      [
        ['SOL_USDC', 5, 'live'],
        ['BTC_USDC', 1, 'live'],
        ['SOL_USDC', 6, 'down'],
      ],
    );
    assert.equal(feed.latest().length, 2);
  });

  it('passes what nobody trades, and what cannot be read, telling where that is', async () => {
    await send({ asset: 'XRP_USDC' });
    await kafka.send('price-updates', [{ key: 'SOL_USDC', value: 'no' }]);
    await send({ ask: '195.825' });
    await sleep(50);
    assert.deepEqual(quotes, []);
    assert.deepEqual(
      lines.map(({ msg, reason }) => [msg, reason]),
      [
        ['unreadable price', 'not JSON'],
        ['a price that is not in whole ticks', undefined],
      ],
    );
    assert.ok(lines[0]?.partition !== undefined && lines[0].offset !== undefined);
  });

  it('tells of silence once, forgets the quote, and takes the next one up again', async (test) => {
    let nowMs = performance.now();
    test.mock.method(performance, 'now', () => nowMs);
    await send({ sequence: 1 });
    await send({ sequence: 1, asset: 'DOGE_USDC', bid: '0.20000', ask: '0.20001' });
    nowMs += 4_900;
    await sleep(400);
    assert.deepEqual(silent, []);
    nowMs += 200;
    await sleep(600);
    assert.deepEqual(silent, ['SOL_USDC'], 'DOGE_USDC may be quiet for longer');
    assert.deepEqual(
      feed.latest().map(({ asset }) => asset),
      ['DOGE_USDC'],
    );
    await send({ sequence: 1 });
    assert.equal(feed.latest().length, 1, 'the same again is not news');
    await send({ sequence: 2 });
    assert.equal(feed.latest().length, 2);
    nowMs += 5_100;
    await sleep(400);
    assert.deepEqual(silent, ['SOL_USDC', 'SOL_USDC']);
  });
});
