import type { Kafka } from '../port.ts';

/** An adapter with brokers of its own, and what the suite needs to do to them. */
export interface KafkaUnderTest {
  readonly kafka: Kafka;
  /** Another client of the same brokers. */
  readonly second: () => Promise<Kafka>;
  /** Takes the brokers away (stop them, or cut the network); resolves to what brings them back with their log. */
  readonly interrupt: () => Promise<() => Promise<void>>;
  /** Closes what `createKafka` and `second` made. */
  readonly close: () => Promise<void>;
}

/** The adapter of the suite that runs. */
export type Tested = () => KafkaUnderTest;
