import type { ConnectionOptions as TlsOptions } from 'node:tls';

/** How to log in. */
export interface SaslSettings {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

/** How to reach the brokers. */
export interface ApacheKafkaSettings {
  /** Some brokers of the cluster, `host:port`; they name the others. */
  readonly brokers: readonly string[];
  /** Names this program in the brokers' logs and quotas. */
  readonly clientId: string;
  /** TLS with these options of node:tls; `{}` for the system's certificate authorities. Plain TCP when absent. */
  readonly tls?: TlsOptions;
  readonly sasl?: SaslSettings;
  /** Copies of each partition of a topic created here; the brokers' own default when absent. */
  readonly replication?: number;
  /**
   * Told of troubles that the adapter recovers from by itself and nobody is rejected with: a group that put this
   * member out, a consumer that cannot reach the brokers. Once per trouble, not once per try.
   */
  readonly onTrouble?: (message: string, error: unknown) => void;
}
