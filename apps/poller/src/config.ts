import { PriceSourceSchema } from '@repo/schemas';
import { booleanSetting, integerSetting } from '@repo/service';
import { z } from 'zod';

function webSocketUrlSetting(fallback: string) {
  return z
    .url({ protocol: /^wss?$/, error: 'it must be an address that begins with ws:// or wss://' })
    .default(fallback);
}

const DAY_MS = 86_400_000;

/**
 * Settings of the poller; docs/operations/configuration.md is made from them. The defaults of times are the policy,
 * other values are for tests.
 */
export const pollerConfigSchema = z.object({
  PRICE_SOURCE: z
    .enum(PriceSourceSchema.options, `it must be one of ${PriceSourceSchema.options.join(', ')}`)
    .optional()
    .describe('Where prices come from. Absent: Backpack when it answers in time, `PRICE_SOURCE_FALLBACK` otherwise.'),
  PRICE_SOURCE_FALLBACK: z
    .enum(['none', 'simulated'], 'it must be none or simulated')
    .default('none')
    .describe(
      'Only when `PRICE_SOURCE` is absent. `none`: a poller whose exchange does not answer does not start. ' +
        '`npm run start:distributed` chooses `simulated` unless told.',
    ),
  PRICE_SOURCE_PROBE_MS: integerSetting(3_000, 1, DAY_MS).describe(
    'How long Backpack has to answer when `PRICE_SOURCE` is absent.',
  ),

  REPLAY_FILE: z.string().optional().describe('The recording of `replay`, plain or .gz; needed for it.'),
  // `Infinity` stands for `max`.
  REPLAY_SPEED: z
    .string()
    .transform((text) => (text === 'max' ? Number.POSITIVE_INFINITY : /^[0-9.]+$/.test(text) ? Number(text) : 0))
    .refine((speed) => speed > 0, 'it must be a number above 0, or max')
    .default(1)
    .describe('How many times faster than it was recorded.'),
  REPLAY_LOOP: booleanSetting(false).describe('Whether the recording starts over at its end.'),

  SIMULATION_SEED: integerSetting(1, 0, 4_294_967_295).describe('Of the random walk of `simulated`.'),

  BACKPACK_WS_URL: webSocketUrlSetting('wss://ws.backpack.exchange/').describe('Backpack Exchange, quotes.'),
  BACKPACK_REST_URL: z
    .url({ protocol: /^https?$/, error: 'it must be an address that begins with http:// or https://' })
    .default('https://api.backpack.exchange')
    .describe('Backpack Exchange, its list of markets.'),
  BINANCE_WS_URL: webSocketUrlSetting('wss://data-stream.binance.vision/ws').describe('Binance, quotes.'),

  FEED_PING_MS: integerSetting(15_000, 1, DAY_MS).describe('The exchange is pinged this often.'),
  FEED_SILENCE_MS: integerSetting(45_000, 1, DAY_MS).describe('A connection without any frame for this long is cut.'),
  FEED_HANDSHAKE_MS: integerSetting(10_000, 1, DAY_MS).describe('A connection must be open within this.'),
  FEED_FIRST_FRAME_MS: integerSetting(10_000, 1, DAY_MS).describe(
    'A symbol without a first frame after this falls back to another market.',
  ),
  FEED_RECONNECT_BASE_MS: integerSetting(500, 1, DAY_MS).describe(
    'The first wait before connecting again, after one try at once; each next is up to twice as long.',
  ),
  FEED_RECONNECT_MAX_MS: integerSetting(30_000, 1, DAY_MS).describe('The longest wait before connecting again.'),
  FEED_RECONNECT_RESET_MS: integerSetting(30_000, 1, DAY_MS).describe(
    'After being up for this long the waits begin with the first again.',
  ),
});

/** Of a poller that is a process of its own, one of several. */
export const standbyPollerConfigSchema = pollerConfigSchema.extend({
  POLLER_LEASE_MS: integerSetting(5_000, 500, 60_000).describe(
    'Another poller takes over this long after the active one was last heard of.',
  ),
});

export type PollerConfig = z.infer<typeof pollerConfigSchema>;
