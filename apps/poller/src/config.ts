import { PriceSourceSchema } from '@repo/schemas';
import { booleanSetting, integerSetting } from '@repo/service';
import { z } from 'zod';

function webSocketUrlSetting(fallback: string) {
  return z
    .url({ protocol: /^wss?$/, error: 'it must be an address that begins with ws:// or wss://' })
    .default(fallback);
}

const DAY_MS = 86_400_000;

/** Settings of the poller. Times are ms; their defaults are the policy, other values are for tests. */
export const pollerConfigSchema = z.object({
  /** Absent: Backpack when it answers in time, `PRICE_SOURCE_FALLBACK` otherwise. */
  PRICE_SOURCE: PriceSourceSchema.optional(),
  /** Only when PRICE_SOURCE is absent. `none`: PRICE_SOURCE must be given. */
  PRICE_SOURCE_FALLBACK: z.enum(['none', 'simulated'], 'it must be none or simulated').default('none'),
  PRICE_SOURCE_PROBE_MS: integerSetting(3_000, 1, DAY_MS),

  REPLAY_FILE: z.string().optional(),
  /** `Infinity` stands for `max`. */
  REPLAY_SPEED: z
    .string()
    .transform((text) => (text === 'max' ? Number.POSITIVE_INFINITY : /^[0-9.]+$/.test(text) ? Number(text) : 0))
    .refine((speed) => speed > 0, 'it must be a number above 0, or max')
    .default(1),
  REPLAY_LOOP: booleanSetting(false),

  SIMULATION_SEED: integerSetting(1, 0, 4_294_967_295),

  BACKPACK_WS_URL: webSocketUrlSetting('wss://ws.backpack.exchange/'),
  BACKPACK_REST_URL: z
    .url({ protocol: /^https?$/, error: 'it must be an address that begins with http:// or https://' })
    .default('https://api.backpack.exchange'),
  BINANCE_WS_URL: webSocketUrlSetting('wss://data-stream.binance.vision/ws'),

  FEED_PING_MS: integerSetting(15_000, 1, DAY_MS),
  FEED_SILENCE_MS: integerSetting(45_000, 1, DAY_MS),
  FEED_HANDSHAKE_MS: integerSetting(10_000, 1, DAY_MS),
  FEED_FIRST_FRAME_MS: integerSetting(10_000, 1, DAY_MS),
  FEED_RECONNECT_BASE_MS: integerSetting(500, 1, DAY_MS),
  FEED_RECONNECT_MAX_MS: integerSetting(30_000, 1, DAY_MS),
  FEED_RECONNECT_RESET_MS: integerSetting(30_000, 1, DAY_MS),
});

export type PollerConfig = z.infer<typeof pollerConfigSchema>;
