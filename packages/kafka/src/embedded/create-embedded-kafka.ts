import type { Kafka } from '../port.ts';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from './broker.ts';

/** A client of a new broker in memory. For several clients of one: `new EmbeddedBroker()` and its `connect()`. */
export function createEmbeddedKafka(options?: EmbeddedBrokerOptions): Kafka {
  return new EmbeddedBroker(options).connect();
}
