import type { PriceSource } from '@repo/schemas';
import { ConfigError, type Logger } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import type { PollerConfig } from '../config.ts';
import { BackpackFeed } from './backpack.ts';
import { BinanceFeed } from './binance.ts';
import { checkReplayFile } from './check-replay-file.ts';
import type { SocketTiming } from './reconnecting-socket.ts';
import { ReplayFeed } from './replay.ts';
import { SimulatedFeed } from './simulated.ts';
import type { PriceFeed } from './source.ts';

export interface CreateFeedOptions {
  readonly config: PollerConfig;
  readonly instruments: readonly Instrument[];
  readonly logger: Logger;
}

/**
 * The feed of a source, not yet started.
 *
 * @throws ConfigError when the settings of that source cannot work.
 */
export async function createFeed(source: PriceSource, options: CreateFeedOptions): Promise<PriceFeed> {
  const { config, instruments, logger } = options;
  const timing = socketTiming(config);
  switch (source) {
    case 'backpack':
      return new BackpackFeed({
        url: config.BACKPACK_WS_URL,
        restUrl: config.BACKPACK_REST_URL,
        binanceUrl: config.BINANCE_WS_URL,
        firstFrameMs: config.FEED_FIRST_FRAME_MS,
        instruments,
        timing,
        logger,
      });
    case 'binance':
      return new BinanceFeed({ url: config.BINANCE_WS_URL, instruments, timing, logger });
    case 'simulated':
      return new SimulatedFeed({ instruments, seed: config.SIMULATION_SEED });
    case 'replay': {
      const path = config.REPLAY_FILE;
      if (path === undefined) {
        throw new ConfigError('REPLAY_FILE is not set: PRICE_SOURCE=replay needs the path of a recording.');
      }
      await checkReplayFile(path);
      return new ReplayFeed({ path, speed: config.REPLAY_SPEED, loop: config.REPLAY_LOOP, instruments, logger });
    }
  }
}

function socketTiming(config: PollerConfig): SocketTiming {
  return {
    pingMs: config.FEED_PING_MS,
    silenceMs: config.FEED_SILENCE_MS,
    handshakeMs: config.FEED_HANDSHAKE_MS,
    reconnectBaseMs: config.FEED_RECONNECT_BASE_MS,
    reconnectMaxMs: config.FEED_RECONNECT_MAX_MS,
    reconnectResetMs: config.FEED_RECONNECT_RESET_MS,
  };
}
