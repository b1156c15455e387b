import type { Kafka } from '@repo/kafka';
import type { Pool } from 'pg';
import type { ApiDoor } from '../faults/api-door.ts';
import type { Market } from './market.ts';

/** An installation that is traded on, as the harness reaches it. */
export interface Venue {
  readonly doors: readonly ApiDoor[];
  readonly market: Market;
  /** As the owner of the books. */
  readonly pool: Pool;
  /** Not by a way that is hurt. */
  readonly kafka: Kafka;
  /** The newest code mailed to an address, once there is one. */
  codeOf(email: string): Promise<string | undefined>;
  /** The services that do not say that they are ready. */
  notReady(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** What of the services' settings a crowd from one address needs. */
export const crowdSettings = {
  SIGNUPS_PER_10_MINUTES: '1000000',
  SIGNINS_PER_10_SECONDS: '1000000',
  CODE_TRIES_PER_10_SECONDS: '1000000',
  REFRESHES_PER_10_SECONDS: '1000000',
  // Fifty at once of one account are to be answered.
  ORDERS_PER_SECOND: '1000',
  // Traders do not wait long: what became of a request is unknown the more often.
  TRADE_TIMEOUT_MS: '1500',
  WS_CONNECTIONS_PER_ADDRESS_MAX: '1000',
  AUTH_CONCURRENCY_MAX: '32',
};
