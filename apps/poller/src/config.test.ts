import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, loadConfig } from '@repo/service';
import { pollerConfigSchema } from './config.ts';

test('nothing set: the policy, and no source', () => {
  const config = loadConfig(pollerConfigSchema, {});
  assert.equal(config.PRICE_SOURCE, undefined);
  assert.equal(config.PRICE_SOURCE_FALLBACK, 'none');
  assert.equal(config.PRICE_SOURCE_PROBE_MS, 3_000);
  assert.equal(config.REPLAY_SPEED, 1);
  assert.equal(config.REPLAY_LOOP, false);
  assert.deepEqual([config.FEED_PING_MS, config.FEED_SILENCE_MS, config.FEED_FIRST_FRAME_MS], [15_000, 45_000, 10_000]);
  assert.deepEqual(
    [config.FEED_RECONNECT_BASE_MS, config.FEED_RECONNECT_MAX_MS, config.FEED_RECONNECT_RESET_MS],
    [500, 30_000, 30_000],
  );
});

test('the speed of a replay is a number above 0, or max', () => {
  const speed = (text: string) => loadConfig(pollerConfigSchema, { REPLAY_SPEED: text }).REPLAY_SPEED;
  assert.deepEqual(['1', '0.5', '100', 'max'].map(speed), [1, 0.5, 100, Number.POSITIVE_INFINITY]);
});

test('a bad value is one sentence that names the variable', () => {
  const cases: readonly (readonly [name: string, value: string, sentence: RegExp])[] = [
    ['PRICE_SOURCE', 'kraken', /^PRICE_SOURCE is "kraken": /],
    ['PRICE_SOURCE_FALLBACK', 'binance', /^PRICE_SOURCE_FALLBACK is "binance": it must be none or simulated\.$/],
    ...['0', '-1', 'fast', '1e3', 'Infinity', '..', '0x10'].map(
      (value) =>
        [
          'REPLAY_SPEED',
          value,
          new RegExp(`^REPLAY_SPEED is "${value}": it must be a number above 0, or max\\.$`),
        ] as const,
    ),
    ['REPLAY_LOOP', 'yes', /^REPLAY_LOOP is "yes": it must be true or false\.$/],
    ['BACKPACK_WS_URL', 'https://example.org', /^BACKPACK_WS_URL is .*begins with ws:\/\/ or wss:\/\/\.$/],
    ['BACKPACK_REST_URL', 'ftp://example.org', /^BACKPACK_REST_URL is .*begins with http:\/\/ or https:\/\/\.$/],
    ['BINANCE_WS_URL', 'nowhere', /^BINANCE_WS_URL is .*begins with ws:\/\/ or wss:\/\/\.$/],
    ['SIMULATION_SEED', '1.5', /^SIMULATION_SEED is "1.5": it must be a whole number/],
  ];
  for (const [name, value, sentence] of cases) {
    assert.throws(
      () => loadConfig(pollerConfigSchema, { [name]: value }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, sentence);
        return true;
      },
    );
  }
});
